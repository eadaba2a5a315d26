// The tablet's pictures: which screens, on which made-up day, and what none of them may have.
import { label, wall } from './label.mjs';

const replace = 'order/o-17';
const upToSeals = 'new_meter,new_photo,new_reading';
/** The strokes of a made-up signature, as the points a finger turns at. */
const turns = [
  [120, 90, 260, 80],
  [190, 40, 192, 110, 188, 180],
  [186, 95, 150, 148, 108, 182],
  [192, 95, 228, 140, 278, 172],
  [150, 202, 232, 196, 204, 226, 200, 262, 204, 300, 184, 316, 164, 300],
  [106, 254, 200, 246, 284, 240],
  [424, 58, 396, 70, 366, 78],
  [338, 112, 400, 106, 472, 100],
  [406, 70, 407, 120, 404, 182],
  [402, 110, 372, 148, 334, 178],
  [408, 110, 440, 144, 484, 172],
  [396, 206, 388, 258, 336, 314],
  [356, 208, 446, 200, 430, 242, 468, 240, 458, 296, 430, 314, 414, 300],
  [588, 58, 602, 74, 612, 92],
  [684, 46, 674, 68, 656, 92],
  [568, 122, 640, 116, 714, 110],
  [584, 196, 640, 192, 702, 186],
  [540, 292, 640, 286, 752, 276],
];

/** Points along a curve through the turns, as a finger leaves them. */
function stroke(flat, no) {
  const points = flat.flatMap((x, i) => (i % 2 === 0 ? [[x, flat[i + 1]]] : []));
  const at = (i) => points[Math.min(Math.max(i, 0), points.length - 1)];
  const drawn = points.slice(1).flatMap((_, i) =>
    [0, 0.2, 0.4, 0.6, 0.8, 1].map((t) =>
      [0, 1].map((axis) => {
        const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)].map((point) => point[axis]);
        return Math.round(b + (t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))) / 2);
      }),
    ),
  );
  return drawn.map(([x, y], i) => [x, y, no * 300 + i * 12]);
}
const drawing = JSON.stringify({ width: 860, height: 380, strokes: turns.map(stroke) });

/** Labels in the crew's van: the order's, the crew's and nobody's, each with where its bars lie on the picture. */
const LABELS = [
  { digits: '4130001000000000000012', left: 70, top: 60 },
  { digits: '3330001001234567890124', left: 470, top: 290 },
  { digits: '4130009000000000000094', left: 860, top: 510 },
].map(({ digits, left, top }) => ({ digits, left, top, at: `@${left + 20}:${top + 20}:312:80` }));

/** A picture of all labels, as a file to choose. */
async function labels(page) {
  const easel = await page.context().newPage();
  await easel.setViewportSize({ width: 1280, height: 720 });
  const placed = LABELS.map(({ digits, left, top }) => `<div style="position:absolute;left:${left}px;top:${top}px">${label(digits, 2, 80)}</div>`);
  await easel.setContent(wall(placed, 0));
  const buffer = await easel.screenshot({ type: 'jpeg', quality: 90 });
  await easel.close();
  return { name: 'labels.jpg', mimeType: 'image/jpeg', buffer };
}

/** Has that picture searched at the step that is open. */
async function searched(page) {
  const file = await labels(page);
  if (await page.locator('[data-test=scan-again]').count()) await page.locator('[data-test=scan-again]').tap();
  await page.locator('[data-test=choose-image]').tap();
  await page.locator('[data-test=file]').setInputFiles(file);
}

/** Photographs the display from a file. */
function photographed(page) {
  return page
    .locator('[data-test=photo-file]')
    .setInputFiles({ name: 'display.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('made up') });
}

/** Has the made-up meter say all it has. */
async function readMeter(page) {
  await page.locator('[data-test=meter-start]').click();
  await page.locator('[data-test=meter-use]').waitFor();
}

/** From the reading step reads the meter and takes what it said back there. */
async function useReadout(page) {
  await page.locator('[data-test=read-infrared]').click();
  await readMeter(page);
  await page.locator('[data-test=meter-use]').click();
}

/** Types what a person misread, and reads the meter. */
async function sourcesDiffer(page) {
  await photographed(page);
  await page.locator('[data-test=number-forward_total]').fill('12345.67');
  await useReadout(page);
  await page.locator('[data-test=meter-fill]').click();
  await page.locator('[data-test=choose-infrared-forward_total]').waitFor();
}

/** An order that asks for a card, up to that step: the new meter hangs, the old one was read by infrared. */
const toCard = { done: `new_meter,new_photo,new_reading,infrared,seal_photo,seals`, card: 'old', card_ms: '10' };
const card = `${replace}/card`;
const TOKEN = '23716100501183194197';

/** Writes the card; the made-up reader stops where its query says. */
const writes = (until) => async (page) => {
  await page.locator('[data-test=card-plan]').waitFor();
  await page.locator('[data-test=main]').tap();
  await page.locator(until).waitFor();
};

/**
 * What is drawn: a name, the route, what of the made-up day is set, what is done before the picture; `aside` is
 * drawn and looked at as the others are, but not kept in docs/. */
export const screens = [
  { name: 'enrol', query: { enrolled: '0' }, act: (page) => page.locator('[data-test=choose-typed]').click() },
  { name: 'today', route: 'today' },
  { name: 'today-search', aside: true, route: 'today', act: (page) => page.locator('[data-test=search]').fill('水口') },
  { name: 'order', route: replace },
  { name: 'order-returned', route: 'order/o-09' },
  { name: 'order-ready', route: replace, query: { done: `${upToSeals},seal_photo,seals,signature` } },
  {
    name: 'order-handed-in',
    route: replace,
    query: { done: `${upToSeals},seal_photo,seals,signature`, stands: 'completed' },
    act: (page) => page.locator('[data-test=step-old_reading] button').first().tap(),
  },
  {
    name: 'order-infrared',
    route: replace,
    query: { done: `${upToSeals},infrared,seal_photo,seals,signature`, stands: 'completed' },
    act: (page) => page.locator('[data-test=step-old_reading] button').first().tap(),
  },
  {
    name: 'order-take-back',
    aside: true,
    route: replace,
    query: { done: `${upToSeals},seal_photo,seals,signature`, stands: 'completed' },
    act: (page) => page.locator('[data-test=reopen]').tap(),
  },
  {
    name: 'order-late',
    route: replace,
    query: { done: `${upToSeals},seal_photo,seals,signature`, stands: 'late' },
  },
  { name: 'order-recalled', route: replace, query: { stands: 'recalled' } },
  { name: 'order-could-not', aside: true, route: replace, query: { stands: 'could_not_do' } },
  {
    name: 'pick-up',
    route: 'pick_up',
    act: async (page) => {
      for (const code of ['4130001000000000000029', '1100001000000000000010']) {
        await page.locator('[data-test=choose-typed]').click();
        await page.locator('[data-test=typed-first]').fill(code);
        await page.locator('[data-test=typed-second]').fill(code);
        await page.locator('[data-test=typed-submit]').click();
      }
    },
  },
  { name: 'return-to-stock', route: 'return' },
  { name: 'scan', route: `${replace}/new_meter` },
  {
    name: 'scan-other',
    route: `${replace}/new_meter`,
    query: { seen: 'https://example.com/meters/4031@408:378:468:110' },
    act: (page) => page.locator('[data-test=outline]').waitFor(),
  },
  ...[{}, { lang: 'en' }, { text: '200' }, { theme: 'dark' }].map((more, at) => ({
    name: ['scan-chooser', 'scan-chooser-english', 'scan-chooser-200', 'scan-chooser-dark'][at],
    aside: at > 0,
    route: `${replace}/new_meter`,
    query: { seen: LABELS.map(({ digits, at: where }) => `${digits}${where}`).join(','), ...more },
    act: async (page) => {
      await searched(page);
      await page.locator('[data-test=chooser] [data-test=cutout]').last().waitFor();
    },
  })),
  ...[{}, { lang: 'en' }, { text: '200' }, { theme: 'dark' }].map((more, at) => ({
    name: ['scan-compare', 'scan-compare-english', 'scan-compare-200', 'scan-compare-dark'][at],
    aside: at > 0,
    route: `${replace}/new_meter`,
    query: { seen: `${LABELS[1].digits}~~${LABELS[1].at}`, ...more },
    act: async (page) => {
      await searched(page);
      for (const piece of [0, 1, 2]) await page.locator(`[data-test=piece-${piece}]`).tap();
    },
  })),
  {
    name: 'scan-proof',
    route: `${replace}/new_meter`,
    query: { seen: LABELS[1].digits, 'draft:o-17/new_meter': JSON.stringify({ first: LABELS[1].digits, second: LABELS[1].digits }) },
    act: async (page) => {
      await page.locator('[data-test=typed-proof] [data-test=photo-file]').setInputFiles(await labels(page));
      await page.locator('[data-test=typed-proof] img').waitFor();
    },
  },
  ...[
    { name: 'scan-denied', refuses: 'NotAllowedError', state: 'denied' },
    { name: 'scan-denied-200', aside: true, refuses: 'NotAllowedError', state: 'denied', query: { text: '200' } },
    { name: 'scan-no-camera', refuses: 'NotFoundError', state: 'absent' },
    { name: 'scan-taken', aside: true, refuses: 'NotReadableError', state: 'taken' },
  ].map(({ name, aside, refuses, state, query }) => ({
    name,
    aside,
    route: `${replace}/new_meter`,
    query,
    act: async (page) => {
      await page.addInitScript((why) => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', why));
      }, refuses);
      await page.reload();
      await page.locator(`[data-state=${state}]`).waitFor();
    },
  })),
  {
    name: 'scan-lamp',
    aside: true,
    route: `${replace}/new_meter`,
    act: async (page) => {
      await page.addInitScript(() => {
        MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true, zoom: { min: 1, max: 4, step: 0.1 } });
        MediaStreamTrack.prototype.applyConstraints = () => Promise.resolve();
      });
      await page.reload();
      await page.locator('[data-test=torch]').tap();
    },
  },
  {
    name: 'scan-typed',
    aside: true,
    route: `${replace}/new_meter`,
    act: async (page) => {
      await page.locator('[data-test=choose-typed]').click();
      await page.locator('[data-test=typed-first]').fill('4130001000000000000029');
      await page.locator('[data-test=typed-second]').fill('4130001000000000000092');
    },
  },
  {
    name: 'scan-refused',
    route: `${replace}/old_meter`,
    act: async (page) => {
      await page.locator('[data-test=scan-again]').click();
      await page.locator('[data-test=choose-typed]').click();
      for (const field of ['first', 'second'])
        await page.locator(`[data-test=typed-${field}]`).fill('4130001000000000000029');
      await page.locator('[data-test=typed-proof] [data-test=photo-file]').setInputFiles(await labels(page));
      await page.locator('[data-test=typed-submit]').click();
      await page.locator('[data-test=banner][data-tone=bad]').waitFor();
    },
  },
  {
    name: 'scan-wrong',
    route: `${replace}/old_meter`,
    query: { seen: `${LABELS[1].digits}@408:378:468:110` },
    act: async (page) => {
      await page.locator('[data-test=scan-again]').tap();
      await page.locator('[data-test=banner][data-tone=bad]').waitFor();
    },
  },
  { name: 'photo', route: 'order/o-18/site' },
  {
    name: 'photo-poor',
    route: 'order/o-18/site',
    query: { hints: 'too_dark,blurred' },
    act: async (page) => {
      await page.locator('[data-test=shutter]').tap();
      await page.locator('[data-test=poor-photo] img').waitFor();
    },
  },
  { name: 'reading-photo', aside: true, route: 'order/o-22/old_reading' },
  { name: 'reading', route: `${replace}/old_reading` },
  {
    name: 'reading-typing',
    route: 'order/o-22/old_reading',
    act: async (page) => {
      await photographed(page);
      await page.locator('[data-test=number-forward_total]').fill('12345.67');
      await page.locator('[data-test=number-forward_total]').press('Enter');
      await page.getByRole('group').getByText('4', { exact: true }).tap();
      await page.getByRole('group').getByText('1', { exact: true }).tap();
    },
  },
  {
    name: 'reading-question',
    route: `${replace}/old_reading`,
    act: async (page) => {
      await page.locator('[data-test=number-forward_t2]').fill('4001.30');
      await page.locator('[data-test=main]').click();
      await page.locator('[data-test=answer-overrule]').click();
    },
  },
  ...[
    { name: 'reading-proposes', query: { shows: '012345.67' } },
    { name: 'reading-agrees', query: { shows: '012345.67' }, typed: '12345.67' },
    { name: 'reading-agrees-200', aside: true, query: { shows: '012345.67', text: '200' }, typed: '12345.67' },
    { name: 'reading-differs', query: { shows: '012345.67' }, typed: '12354.67' },
    { name: 'reading-differs-english', aside: true, query: { shows: '012345.67', lang: 'en' }, typed: '12354.67' },
    { name: 'reading-differs-dark', aside: true, query: { shows: '012345.67', theme: 'dark' }, typed: '12354.67' },
    { name: 'reading-unsure', query: { shows: '?' } },
    { name: 'reading-err', query: { shows: 'Err-04' } },
  ].map(({ name, aside, query, typed }) => ({
    name,
    aside,
    route: 'order/o-22/old_reading',
    query,
    act: async (page) => {
      await photographed(page);
      await page.locator('[data-test=shown]').waitFor();
      if (typed === undefined) return;
      await page.locator('[data-test=number-forward_total]').fill(typed);
      await page.locator('[data-test=says-forward_total]').first().waitFor();
      await page.locator('[data-test=number-forward_total]').press('Enter');
    },
  })),
  {
    name: 'reading-frame',
    route: 'order/o-22/old_reading',
    query: { shows: '012345.67' },
    act: async (page) => {
      await photographed(page);
      await page.locator('[data-test=shown-frame]').tap();
      await page.locator('[data-test=corner-0]').waitFor();
    },
  },
  { name: 'meter', route: `${replace}/old_reading/!meter` },
  { name: 'meter-no-probe', route: `${replace}/old_reading/!meter`, query: { meter: 'none' } },
  {
    name: 'meter-running',
    route: `${replace}/old_reading/!meter`,
    query: { meter: 'stuck', meter_ms: '20' },
    act: async (page) => {
      await page.locator('[data-test=meter-start]').click();
      await page.locator('[data-test=meter-item-reverse_total]').waitFor();
    },
  },
  { name: 'meter-done', route: `${replace}/old_reading/!meter`, query: { meter_ms: '10' }, act: readMeter },
  {
    name: 'meter-silent',
    route: `${replace}/old_reading/!meter`,
    query: { meter: 'meter_silent', meter_ms: '10' },
    act: async (page) => {
      await page.locator('[data-test=meter-start]').click();
      await page.locator('[data-test=banner]').waitFor();
    },
  },
  {
    name: 'reading-infrared',
    route: 'order/o-22/old_reading',
    query: { meter_ms: '10' },
    act: async (page) => {
      await photographed(page);
      await useReadout(page);
      await page.locator('[data-test=meter-fill]').waitFor();
    },
  },
  {
    name: 'reading-filled',
    route: 'order/o-22/old_reading',
    query: { meter_ms: '10' },
    act: async (page) => {
      await photographed(page);
      await page.locator('[data-test=number-forward_total]').fill('12345.60');
      await useReadout(page);
      await page.locator('[data-test=meter-fill]').click();
    },
  },
  { name: 'reading-sources', route: 'order/o-22/old_reading', query: { meter: 'differs', meter_ms: '10' }, act: sourcesDiffer },
  {
    name: 'reading-sources-asked',
    aside: true,
    route: 'order/o-22/old_reading',
    query: { meter: 'differs', meter_ms: '10' },
    act: async (page) => {
      await sourcesDiffer(page);
      await page.locator('[data-test=choose-infrared-forward_total]').click();
      await page.locator('[data-test=main]').click();
      await page.locator('[data-test=question-sources_agree]').waitFor();
    },
  },
  { name: 'meter-200', aside: true, route: `${replace}/old_reading/!meter`, query: { text: '200' } },
  { name: 'meter-done-200', aside: true, route: `${replace}/old_reading/!meter`, query: { text: '200', meter_ms: '10' }, act: readMeter },
  { name: 'meter-done-dark', aside: true, route: `${replace}/old_reading/!meter`, query: { theme: 'dark', meter_ms: '10' }, act: readMeter },
  { name: 'meter-done-english', aside: true, route: `${replace}/old_reading/!meter`, query: { lang: 'en', meter_ms: '10' }, act: readMeter },
  {
    name: 'reading-sources-200',
    aside: true,
    route: 'order/o-22/old_reading',
    query: { text: '200', meter: 'differs', meter_ms: '10' },
    act: sourcesDiffer,
  },
  {
    name: 'reading-sources-english',
    aside: true,
    route: 'order/o-22/old_reading',
    query: { lang: 'en', meter: 'differs', meter_ms: '10' },
    act: sourcesDiffer,
  },
  {
    name: 'seals',
    route: `${replace}/seals`,
    query: {
      done: `${upToSeals},seal_photo`,
      'draft:o-17/seals': JSON.stringify({
        removed: [],
        added: [{ seal_no: '00173343', place: 'cover' }],
        typing: { removed: '', added: '0017' },
      }),
    },
  },
  {
    name: 'attach',
    route: 'order/o-20/attach',
    query: {
      'draft:o-20/attach': JSON.stringify({
        rows: [
          { asset_no: '4130001000000000000012', comm_address: '000000000001', measuring_point: '1', answered: 'yes' },
        ],
        typing: '',
      }),
    },
  },
  { name: 'card', route: card, query: toCard, act: (page) => page.locator('[data-test=card-plan]').waitFor() },
  { name: 'card-missing', route: card, query: { ...toCard, card: 'card_missing' } },
  { name: 'card-no-reader', route: card, query: { ...toCard, card: 'reader_missing' } },
  { name: 'card-refused', route: card, query: { ...toCard, card_no: 'meter_would_refuse' } },
  {
    name: 'card-display',
    route: card,
    query: { ...toCard, done: 'new_meter,new_photo,new_reading', card: 'blank' },
    act: async (page) => {
      await page.locator('[data-test=number-money]').fill('87.65');
      await page.locator('[data-test=number-count]').tap();
    },
  },
  {
    name: 'card-two',
    route: card,
    query: { ...toCard, card: 'old' },
    act: (page) => page.locator('[data-test=card-aside]').tap(),
  },
  {
    name: 'card-running',
    route: card,
    query: { ...toCard, card_stuck: 'made_invalid' },
    act: writes('[data-test=run-made_invalid][data-state=done]'),
  },
  { name: 'card-done', route: card, query: toCard, act: writes('[data-test=card-done]') },
  { name: 'card-not-done', route: card, query: { ...toCard, done: `${toCard.done},card_given_up` } },
  { name: 'card-doubt', route: card, query: { ...toCard, done: `${toCard.done},card_doubt` } },
  {
    name: 'card-give-up',
    aside: true,
    route: card,
    query: { ...toCard, done: `${toCard.done},card_doubt` },
    act: (page) => page.locator('[data-test=card-give-up]').tap(),
  },
  { name: 'card-cut', aside: true, route: card, query: { ...toCard, card_cut: 'purse_written' }, act: writes('[data-test=card-doubt]') },
  { name: 'card-blank', aside: true, route: card, query: { ...toCard, card: 'blank' }, act: (page) => page.locator('[data-test=card-plan]').waitFor() },
  {
    name: 'card-witnesses',
    aside: true,
    route: card,
    query: { ...toCard, 'draft:o-17/card': JSON.stringify({ typed: { money: '87.60' }, used: true }) },
    act: (page) => page.locator('[data-test=card-plan]').waitFor(),
  },
  { name: 'card-dark', aside: true, route: card, query: { ...toCard, theme: 'dark' }, act: (page) => page.locator('[data-test=card-plan]').waitFor() },
  { name: 'card-english', aside: true, route: card, query: { ...toCard, lang: 'en' }, act: (page) => page.locator('[data-test=card-plan]').waitFor() },
  { name: 'card-200', aside: true, route: card, query: { ...toCard, text: '200' }, act: (page) => page.locator('[data-test=card-plan]').waitFor() },
  { name: 'card-doubt-english', aside: true, route: card, query: { ...toCard, lang: 'en', done: `${toCard.done},card_doubt` } },
  { name: 'card-doubt-200', aside: true, route: card, query: { ...toCard, text: '200', done: `${toCard.done},card_doubt` } },
  {
    name: 'card-running-200',
    aside: true,
    route: card,
    query: { ...toCard, text: '200', card_stuck: 'made_invalid' },
    act: writes('[data-test=run-made_invalid][data-state=done]'),
  },
  {
    name: 'card-running-dark',
    aside: true,
    route: card,
    query: { ...toCard, theme: 'dark', card_stuck: 'made_invalid' },
    act: writes('[data-test=run-made_invalid][data-state=done]'),
  },
  { name: 'order-card-doubt', route: replace, query: { ...toCard, done: `${toCard.done},card_doubt` } },
  {
    name: 'order-card-done',
    aside: true,
    route: replace,
    query: { ...toCard, token: TOKEN, done: `${toCard.done},card,token,signature`, stands: 'completed' },
    act: async (page) => {
      for (const step of ['card', 'token']) await page.locator(`[data-test=step-${step}] button`).first().tap();
    },
  },
  { name: 'sign-form-card', route: `${replace}/signature`, query: { ...toCard, token: TOKEN, done: `${toCard.done},card,token` } },
  { name: 'token', route: `${replace}/token`, query: { token: TOKEN } },
  { name: 'token-given', aside: true, route: `${replace}/token`, query: { token: TOKEN, done: 'token' } },
  { name: 'token-english', aside: true, route: `${replace}/token`, query: { token: TOKEN, lang: 'en' } },
  { name: 'token-200', aside: true, route: `${replace}/token`, query: { token: TOKEN, text: '200' } },
  { name: 'note', route: `${replace}/note` },
  { name: 'sign-form', route: `${replace}/signature`, query: { done: `${upToSeals},seal_photo,seals` } },
  {
    name: 'sign',
    route: `${replace}/signature`,
    query: {
      done: `${upToSeals},seal_photo,seals`,
      'draft:o-17/signature': `{"signer":"李秀兰","stage":"pad","form_hash":"${'f0'.repeat(32)}","drawing":${drawing}}`,
    },
  },
  {
    name: 'could-not-do',
    route: `${replace}/!could-not`,
    query: {
      'draft:o-17/could_not': JSON.stringify({ reason: 'burnt_terminals', remark: '进线端子烧损，需先更换表箱。' }),
    },
  },
  { name: 'sync', route: 'sync' },
  { name: 'sync-waiting', route: 'sync', query: { sync: 'waiting' } },
  { name: 'settings', route: 'settings' },
  { name: 'order-dark', aside: true, route: replace, query: { theme: 'dark' } },
  { name: 'reading-dark', aside: true, route: `${replace}/old_reading`, query: { theme: 'dark' } },
  { name: 'order-english', aside: true, route: replace, query: { lang: 'en' } },
  { name: 'today-200', aside: true, route: 'today', query: { text: '200' } },
  { name: 'order-200', aside: true, route: replace, query: { text: '200' } },
  { name: 'reading-200', aside: true, route: `${replace}/old_reading`, query: { text: '200' } },
  { name: 'today-empty', aside: true, route: 'today', query: { empty: '1' } },
];
/** The tablet upright and lying. */
export const sizes = { landscape: { width: 1280, height: 800 }, portrait: { width: 800, height: 1280 } };

/** What no screen may have: something wider than the screen, or a target too small for a gloved finger. */
export function faults() {
  const found = [];
  const wide = document.documentElement.clientWidth;
  for (const element of document.querySelectorAll('body *')) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || element.closest('.sr-only, svg, .view')) continue;
    if (box.right > wide + 1)
      found.push(
        `overflows by ${Math.round(box.right - wide)} px: ${element.tagName}.${element.className} ${element.textContent?.trim().slice(0, 20)}`,
      );
  }
  for (const element of document.querySelectorAll('button, a[href], input:not(.sr-only), textarea, label.button')) {
    const target = element.closest('label.number, .search') ?? element;
    const box = target.getBoundingClientRect();
    const grown = element.classList.contains('pill') ? 12 : 0;
    if (box.width > 0 && (box.height + grown < 55.5 || box.width < 55.5))
      found.push(
        `target of ${Math.round(box.width)}×${Math.round(box.height)}: ${element.tagName} ${element.textContent?.trim().slice(0, 20) || element.getAttribute('aria-label')}`,
      );
  }
  return found;
}

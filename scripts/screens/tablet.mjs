// The tablet's pictures: which screens, on which made-up day, and what none of them may have.

const replace = 'order/o-17';
const upToSeals = 'new_meter,new_photo,new_reading';
const drawing = JSON.stringify({
  width: 760,
  height: 620,
  strokes: [
    [
      [180, 240, 0],
      [260, 230, 60],
      [330, 220, 120],
    ],
    [
      [250, 170, 300],
      [252, 260, 380],
      [248, 330, 460],
    ],
    [
      [250, 260, 600],
      [200, 320, 660],
      [165, 350, 720],
    ],
    [
      [255, 262, 800],
      [300, 310, 860],
      [345, 345, 930],
    ],
    [
      [420, 190, 1200],
      [520, 185, 1300],
    ],
    [
      [470, 150, 1400],
      [468, 260, 1500],
      [440, 340, 1600],
    ],
    [
      [540, 210, 1800],
      [560, 300, 1900],
      [600, 330, 2000],
      [640, 250, 2100],
    ],
  ],
});
/**
 * What is drawn: a name, the route, what of the made-up day is set, what is done before the picture; `aside` is
 * drawn and looked at as the others are, but not kept in docs/. */
export const screens = [
  { name: 'enrol', query: { enrolled: '0' }, act: (page) => page.locator('[data-test=choose-typed]').click() },
  { name: 'today', route: 'today' },
  { name: 'today-search', route: 'today', act: (page) => page.locator('[data-test=search]').fill('水口') },
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
    name: 'order-take-back',
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
  { name: 'order-could-not', route: replace, query: { stands: 'could_not_do' } },
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
    name: 'scan-typed',
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
      await page.locator('[data-test=typed-submit]').click();
    },
  },
  { name: 'photo', route: 'order/o-18/site' },
  { name: 'reading-photo', route: 'order/o-22/old_reading' },
  { name: 'reading', route: `${replace}/old_reading` },
  {
    name: 'reading-typing',
    route: 'order/o-22/old_reading',
    act: async (page) => {
      await page
        .locator('[data-test=photo-file]')
        .setInputFiles({ name: 'display.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('made up') });
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

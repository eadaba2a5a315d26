import { describe, expect, it } from 'vitest';
import { FakeDesk } from '../../host/desk_fake';
import { othersWord, readoutLines } from '../../text/meter';
import { coordinates, firstPair, metres, overruled, readings, readouts, shots, signedForm } from './facts';
import { path, strokesIn } from './strokes';
import { timeline } from './timeline';

const NOW = new Date(2026, 7, 14, 15, 0).getTime();
const desk = new FakeDesk(() => NOW);
const SEALS = 'GD-20260814-0031';
const JUMP = 'GD-20260814-0007';
const SOURCES = 'GD-20260814-0012';
const INSTALL = 'GD-20260814-0019';
const LATE = 'GD-20260814-0044';

describe('the record of an order', () => {
  it('photos are numbered from one in the order of the steps', async () => {
    const { order } = await desk.review(SEALS);
    const all = shots(order);
    expect(all.map((shot) => shot.no)).toEqual([1, 2, 3, 4, 5]);
    expect(all[0]?.step).toBe('site');
  });

  it('readings stand beside the last bill with the exact difference', async () => {
    const { order } = await desk.review(SEALS);
    const [total] = readings(order);
    expect(total).toMatchObject({ slot: 'old_meter', register: 'forward_total', last: '8650.11', value: '8812.40', difference: '162.29' });
    expect(readings(order).find((row) => row.slot === 'new_meter')?.last).toBeNull();
  });

  it('a check that was overruled stands in the row of its register', async () => {
    const { order } = await desk.review(JUMP);
    const asked = readings(order).filter((row) => row.findings.length > 0);
    expect(asked.map((row) => [row.slot, row.register])).toEqual([['old_meter', 'forward_total']]);
    expect(overruled(order)).toHaveLength(1);
  });

  it('a value the meter said stands beside the one that was typed', async () => {
    const { order } = await desk.review(SOURCES);
    const [total] = readings(order);
    const [said] = readouts(order);
    expect(total?.reading).toMatchObject({ source: 'infrared', value: '20388.15' });
    expect(othersWord(total?.reading ?? expect.fail(), said?.readout ?? null).map((word) => word.replaceAll('\u00a0', ' '))).toEqual(['手工 20 338.15 kWh']);
    expect(total?.findings.map(({ check }) => check)).toEqual(['sources_agree']);
    expect(readoutLines(said?.readout ?? expect.fail()).map(({ value, asks }) => [value, asks])).toContainEqual(['时钟电池欠压', true]);
    expect(readouts((await desk.review(JUMP)).order)).toEqual([]);
  });

  it('old and new stand left and right; without an old side the new one moves left', async () => {
    const jump = await desk.review(JUMP);
    const steps = (review: typeof jump) => {
      const { left, right } = firstPair(review);
      const step = (hash: string | null) => shots(review.order).find((shot) => shot.photo.hash === hash)?.step;
      return [step(left), step(right)];
    };
    expect(steps(jump)).toEqual(['old_reading', 'new_reading']);
    expect(steps(await desk.review(SEALS))).toEqual(['old_reading', 'seals']);
    expect(steps(await desk.review(INSTALL))[0]).toBe('new_reading');
  });

  it('what was signed is the form with the hash on record, and none other', async () => {
    const review = await desk.review(SEALS);
    expect(signedForm(review)?.lines[0]?.value).toBe(SEALS);
    const signature = review.order.work['signature'];
    if (signature?.record === 'signature') signature.form_hash = '0'.repeat(64);
    expect(signedForm(review)).toBeNull();
  });

  it('distance is that of the places', () => {
    const home = { lat_e7: 300_000_000, lon_e7: 1_140_000_000, accuracy_m: 0 };
    expect(metres(home, home)).toBe(0);
    // A minute of latitude is a nautical mile.
    expect(metres(home, { ...home, lat_e7: home.lat_e7 + 166_667 })).toBeCloseTo(1853, -1);
    expect(coordinates(home)).toBe('30.000000, 114.000000');
  });
});

describe('the log', () => {
  it('photos of one step are one line; late events say so', async () => {
    const review = await desk.review(LATE);
    const lines = timeline(review.entries, review.order, (crew) => crew);
    const photos = review.entries.filter((entry) => entry.from === 'field' && entry.event.event === 'photo_taken').length;
    expect(lines).toHaveLength(review.entries.length - (photos - new Set(shots(review.order).map((shot) => shot.step)).size));
    expect(lines.filter((line) => line.tone === 'bad')).toHaveLength(2);
  });

  it('a doubtful clock is told once', async () => {
    const review = await desk.review(JUMP);
    const doubts = timeline(review.entries, review.order, (crew) => crew).filter((line) => line.mark.includes('25'));
    expect(doubts).toHaveLength(1);
  });
});

describe('a signature', () => {
  it('is drawn stroke by stroke; a single touch is a dot', () => {
    expect(path([[1, 2, 0], [3, 4, 5]])).toBe('M1 2L3 4');
    expect(path([[1, 2, 0]])).toBe('M1 2h0.01');
    expect(path([])).toBe('');
  });

  it('bytes that are no signature draw nothing', () => {
    expect(strokesIn('<svg onload=alert(1)>')).toBeNull();
    expect(strokesIn('{"width":0,"height":10,"strokes":[]}')).toBeNull();
    expect(strokesIn('{"width":10,"height":10,"strokes":[[["x",1,2]]]}')).toBeNull();
    expect(strokesIn('{"width":10,"height":10,"strokes":[[[1,1,2]]]}')?.strokes).toHaveLength(1);
  });
});

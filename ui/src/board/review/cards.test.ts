import { describe, expect, it } from 'vitest';
import { FakeDesk } from '../../host/desk_fake';
import { cards, isZero, leaveIn, outcomeTone, sum } from './cards';
import { timeline } from './timeline';

const NOW = new Date(2026, 7, 14, 15, 0).getTime();
const desk = new FakeDesk(() => NOW);
const WRITTEN = 'GD-20260814-0036';
const IN_DOUBT = 'GD-20260814-0048';
const OWING = 'GD-20260814-0059';
const TOKEN = 'GD-20260814-0063';

const cardOf = async (id: string) => {
  const { order } = await desk.review(id);
  return { order, record: cards(order)[0]?.record ?? expect.fail() };
};

describe('an order’s card', () => {
  it('the sum stands line by line with who says so', async () => {
    const { order, record } = await cardOf(WRITTEN);
    expect(sum(record, order).map(({ part }) => [part.part, part.amount, part.source])).toEqual([
      ['old_credit', '87.65', 'readout'],
      ['bought', '50.00', 'office'],
    ]);
    expect(record.plan.total).toBe('137.65');
  });

  it('other witnesses stand beside what was left, and the one that says otherwise is asked about', async () => {
    const fits = await cardOf(WRITTEN);
    expect(sum(fits.record, fits.order)[0]).toMatchObject({ others: [{ source: 'photo', value: '87.65' }], differ: false });
    const { record, order } = await cardOf(IN_DOUBT);
    expect(sum(record, order).map(({ others, differ }) => [others.length, differ])).toEqual([[1, true], [0, false]]);
  });

  it('what the office had on its books is a witness too', async () => {
    const { record, order } = await cardOf(WRITTEN);
    const meter = order.dispatch.card?.meter ?? expect.fail();
    meter.remainder = { source: 'office', money: '90.00', overdraft: '0.00', count: 7 };
    expect(sum(record, order)[0]).toMatchObject({ differ: true });
  });

  it('an overdraft is compared in the line of the debt', async () => {
    const { record, order } = await cardOf(OWING);
    record.seen.remainders.push({ source: 'photo', money: '0.00', overdraft: '31.20', count: null });
    const lines = sum(record, order);
    expect(lines.map(({ part, others }) => [part.part, others.map(({ value }) => value)])).toEqual([['old_credit', []], ['bought', []], ['debt', ['-31.20']]]);
    expect(lines[2]?.differ).toBe(false);
  });

  it('only what was read back is proven', async () => {
    const tones = await Promise.all([WRITTEN, IN_DOUBT, OWING].map(async (id) => outcomeTone((await cardOf(id)).record.outcome)));
    expect(tones).toEqual(['ok', 'warn', 'warn']);
  });

  it('nothing is nothing however it is written', () => {
    expect(['0', '0.00', '-0.00'].every(isZero)).toBe(true);
    expect(isZero('0.01')).toBe(false);
  });
});

describe('the log of a card', () => {
  it('says to whom leave was given, what was begun, and how it ended', async () => {
    const review = await desk.review(WRITTEN);
    const lines = timeline(review.entries, review.order, (id) => id);
    const leave = lines.find((line) => line.side === 'office' && line.text.includes('周师傅'));
    expect(leave?.text).toContain('开户卡');
    expect(leave?.who).not.toBe('gateway');
    expect(lines.some((line) => line.text.includes('137.65'))).toBe(true);
    expect(lines.some((line) => line.tone === 'ok' && line.text.includes('已写'))).toBe(true);
  });

  it('a card that is not written is marked, and a token by its end alone', async () => {
    const owing = await desk.review(OWING);
    expect(timeline(owing.entries, owing.order, (id) => id).some((line) => line.tone === 'warn' && line.text.includes('未写'))).toBe(true);
    const token = await desk.review(TOKEN);
    const text = timeline(token.entries, token.order, (id) => id).map((line) => line.text).join('\n');
    expect(text).toContain('4197');
    expect(text).not.toContain('2371');
  });

  it('a leave that cannot be read is told without its facts', () => {
    expect(leaveIn({ body: '{', signature: '' })).toBeNull();
    expect(leaveIn({ body: '{"task":{"kind":"purchase"}}', signature: '' })).toBeNull();
    expect(leaveIn({ body: '{"operator":"a","expires_at":1,"task":{"kind":"purchase","count":3}}', signature: '' })).toEqual({ kind: 'purchase', count: 3, operator: 'a', expires_at: 1 });
  });
});

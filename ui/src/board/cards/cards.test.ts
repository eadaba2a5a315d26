import { beforeEach, describe, expect, it } from 'vitest';
import { FakeDesk } from '../../host/desk_fake';
import type { CardFinding, CardLeave } from '../desk';
import { Board } from '../board.svelte';
import { problemWord } from '../words';
import { isDoubtful, isLive, lastAt, rowOf } from './cards.svelte';
import { findingWord, whatNow } from './words';

const NOW = new Date(2026, 7, 14, 15, 0).getTime();
const IN_DOUBT = 'GD-20260814-0048';

let desk: FakeDesk;
let board: Board;

/** Lets what was started by a key come to rest. */
const settle = () => new Promise((done) => setTimeout(done));
const press = async (...keys: string[]) => {
  for (const key of keys) {
    board.key(key);
    await settle();
  }
};
const leaveIn = (state: CardLeave['state']) => board.cards.leaves?.find((leave) => leave.state === state) ?? expect.fail();

beforeEach(async () => {
  desk = new FakeDesk(() => NOW);
  const nowhere = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };
  board = new Board(desk, nowhere, () => NOW);
  await board.session.sign_in('chen', 'demo', '');
  await board.begin();
  await board.turn('cards');
});

describe('the page of cards', () => {
  it('what is in doubt stands before the rest, each newest first', () => {
    const doubt = board.cards.shown.map(isDoubtful);
    expect(doubt).toContain(true);
    expect(doubt.indexOf(false)).toBeGreaterThan(doubt.lastIndexOf(true));
    for (const part of [true, false]) {
      const times = board.cards.shown.filter((leave) => isDoubtful(leave) === part).map(lastAt);
      expect(times).toEqual([...times].sort((a, b) => b - a));
    }
  });

  it('the head line counts as many in doubt as the page shows', () => {
    expect(board.queue.counts?.cards_in_doubt).toBe(board.cards.shown.filter(isDoubtful).length);
  });

  it('J and K walk reports first, then leaves, and stop at the ends', async () => {
    const rows = [...board.cards.waiting.map(rowOf), ...board.cards.shown.map((leave) => leave.authorisation)];
    await press('j');
    expect(board.cards.chosen).toBe(rows[0]);
    await press('k');
    expect(board.cards.chosen).toBe(rows[0]);
    await press(...rows.map(() => 'j'));
    expect(board.cards.chosen).toBe(rows[rows.length - 1]);
  });

  it('a card is found by its number with or without gaps', () => {
    const { begun, authorisation } = leaveIn('in_doubt');
    board.cards.filter({ search: (begun?.serial ?? '').toUpperCase().replace(/(.{4})/g, '$1 ') });
    expect(board.cards.shown.map((leave) => leave.authorisation)).toEqual([authorisation]);
  });

  it('filters narrow to what may still be written, one tablet, one kind', () => {
    board.cards.filter({ state: 'open' });
    expect(board.cards.shown.every(isLive)).toBe(true);
    const { device } = leaveIn('burned');
    board.cards.filter({ state: '', device });
    expect(new Set(board.cards.shown.map((leave) => leave.device))).toEqual(new Set([device]));
    board.cards.filter({ device: '', kind: 'replacement' });
    expect(board.cards.shown.map((leave) => leave.kind)).toEqual(['replacement']);
  });

  it('a leave the filters hide comes into sight when it is led to', async () => {
    board.cards.filter({ state: 'written' });
    const { authorisation } = leaveIn('in_doubt');
    await board.open_card(authorisation);
    expect(board.page).toBe('cards');
    expect(board.cards.leave?.order).toBe(IN_DOUBT);
    expect(board.cards.shown.some((leave) => leave.authorisation === authorisation)).toBe(true);
  });

  it('O opens the order of the row', async () => {
    board.cards.choose(leaveIn('in_doubt').authorisation);
    await press('o');
    expect(board.page).toBe('review');
    expect(board.review.order).toBe(IN_DOUBT);
  });

  it('looking again keeps the row, the words being written and the filters', async () => {
    board.cards.filter({ state: 'open' });
    board.cards.choose(leaveIn('in_doubt').authorisation);
    await press('r');
    board.cards.reason = 'lost';
    await board.tick();
    expect(board.cards.asking?.act).toBe('reissue');
    expect(board.cards.reason).toBe('lost');
    expect(board.cards.ask.state).toBe('open');
  });
});

describe('giving leave again', () => {
  beforeEach(() => {
    board.cards.choose(leaveIn('in_doubt').authorisation);
  });

  it('takes a reason and a second press', async () => {
    await press('r', 'Enter');
    expect(board.cards.asking).toMatchObject({ stage: 'reason' });
    board.cards.reason = ' the card is lost ';
    await press('Enter');
    expect(board.cards.asking).toMatchObject({ stage: 'sure' });
    expect(desk.decisions).toEqual([]);
    await press('Enter');
    expect(desk.decisions).toEqual([{ act: 'reissue', order: IN_DOUBT }]);
    expect(board.cards.leave).toMatchObject({ state: 'reissued', reissued: { why: 'the card is lost' } });
    expect(board.cards.done).toMatchObject({ act: 'reissued' });
    expect(board.cards.asking).toBeNull();
  });

  it('Escape goes back one step at a time, and the reason stays until it is given up', async () => {
    await press('r');
    board.cards.reason = 'lost';
    await press('Enter', 'Escape');
    expect(board.cards.asking).toMatchObject({ stage: 'reason' });
    expect(board.cards.reason).toBe('lost');
    await press('Escape', 'Enter');
    expect(board.cards.asking).toBeNull();
    expect(desk.decisions).toEqual([]);
  });

  it('is not offered for a leave that no card can come of', async () => {
    for (const state of ['written', 'not_written', 'reissued'] as const) {
      board.cards.choose(leaveIn(state).authorisation);
      await press('r');
      expect(board.cards.asking).toBeNull();
    }
  });

  it('another row takes the question back', async () => {
    await press('r');
    board.cards.choose(leaveIn('burned').authorisation);
    expect(board.cards.asking).toBeNull();
  });

  it('a leave that was settled meanwhile is shown as it is now, and the question is gone', async () => {
    const { authorisation } = leaveIn('in_doubt');
    await press('r');
    board.cards.reason = 'lost';
    await press('Enter');
    await desk.reissue(authorisation, 'by somebody else');
    await press('Enter');
    expect(board.cards.problem).toMatchObject({ code: 'card_leave_out', state: 'reissued' });
    expect(problemWord(board.cards.problem ?? expect.fail())).not.toMatch(/reissued|[{}]/);
    expect(board.cards.leave?.reissued?.why).toBe('by somebody else');
    expect(board.cards.asking).toBeNull();
  });

  it('a leave that is settled by itself takes the question with it', async () => {
    const { authorisation } = leaveIn('in_doubt');
    await press('r');
    await desk.reissue(authorisation, 'by somebody else');
    await board.tick();
    expect(board.cards.asking).toBeNull();
  });

  it('without a link nothing is done and the reason is kept', async () => {
    await press('r');
    board.cards.reason = 'lost';
    await press('Enter');
    desk.fails = { code: 'no_link' };
    await press('Enter');
    expect(board.cards.asking).toMatchObject({ stage: 'reason' });
    expect(board.cards.reason).toBe('lost');
    expect(board.lost_since).toBe(NOW);
  });
});

describe('reports that do not fit', () => {
  it('what was found is written down in one press, and the count in the head line falls', async () => {
    const [first] = board.cards.waiting;
    const before = board.queue.counts?.card_incidents ?? 0;
    await press('j', 's');
    board.cards.reason = 'the card was collected';
    await press('Enter');
    expect(desk.decisions).toEqual([{ act: 'settle', order: first?.order }]);
    expect(board.cards.waiting.map((one) => one.no)).not.toContain(first?.no);
    expect(board.cards.settled[0]?.settled?.why).toBe('the card was collected');
    await board.tick();
    expect(board.queue.counts?.card_incidents).toBe(before - 1);
  });

  it('the order’s review holds its own reports and no others', async () => {
    const [first] = board.cards.waiting;
    const { incidents, leaves } = await desk.review(board.cards.waiting[1]?.order ?? '');
    expect(incidents.map((one) => one.no)).not.toContain(first?.no);
    expect(incidents.length).toBeGreaterThan(0);
    expect(leaves).toHaveLength(1);
  });
});

describe('words', () => {
  const outcome = { outcome: 'in_doubt' as const };
  const found: CardFinding[] = [
    { finding: 'unknown_leave' },
    { finding: 'another_device', leased_to: '5b1f2c7e-0d1a' },
    { finding: 'another_order', leave_for: 'GD-1' },
    { finding: 'another_person', leased_to: 'x' },
    { finding: 'card_not_named', serial: '6f2133c80a1790a4' },
    { finding: 'card_used_twice', serial: '6f2133c80a1790a4', first: 'aaaa' },
    { finding: 'beyond_leave', most: '500.00', found: '1500.00' },
    { finding: 'wrong_count', expected: 1, found: 2 },
    { finding: 'plan_differs' },
    { finding: 'plan_differs', refusal: 'remainder_unknown' },
    { finding: 'begun_twice', first: '6f2133c80a1790a4', serial: '6f2133c80a1790a5' },
    { finding: 'outside_term', not_before: NOW, expires_at: NOW, at: NOW },
    { finding: 'rule_broken', refusal: 'wrong_state' },
    { finding: 'leave_replaced', state: 'reissued' },
    { finding: 'end_contradicts', before: outcome, after: outcome },
    { finding: 'second_credit', first: 'aaaa' },
  ];

  it('every finding is a sentence without gaps or codes of its own', () => {
    for (const one of found) expect(findingWord(one, NOW), one.finding).not.toMatch(new RegExp(`[{}]|${one.finding}|undefined`));
  });

  it('a leave that ran out unused is not called valid', () => {
    const leased = leaveIn('leased');
    expect(whatNow(leased, leased.expires_at + 1)).not.toBe(whatNow(leased, leased.expires_at - 1));
  });

  it('a card that is not what its leave allows is not called in doubt for want of a reading', () => {
    const leave = leaveIn('in_doubt');
    const begun = leave.begun ?? expect.fail();
    expect(whatNow({ ...leave, begun: { ...begun, soundness: 'unsound' } }, NOW)).not.toBe(whatNow(leave, NOW));
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { FakeDesk } from '../host/desk_fake';
import { Board } from './board.svelte';
import { problemWord } from './words';

/** A window's own storage, in memory. */
class Drawer {
  readonly held = new Map<string, string>();
  getItem(key: string): string | null {
    return this.held.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.held.set(key, value);
  }
  removeItem(key: string): void {
    this.held.delete(key);
  }
}

const SEALS = 'GD-20260814-0031';
const MISSING = 'GD-20260814-0033';
const LATE = 'GD-20260814-0044';
const CLEAN = 'GD-20260814-0036';
const NOW = new Date(2026, 7, 14, 15, 0).getTime();

let desk: FakeDesk;
let drawer: Drawer;
let board: Board;

/** Lets what was started by a key come to rest. */
const settle = () => new Promise((done) => setTimeout(done));
const press = async (...keys: string[]) => {
  for (const key of keys) {
    board.key(key);
    await settle();
  }
};

async function signedIn(): Promise<Board> {
  const fresh = new Board(desk, drawer, () => NOW);
  await fresh.session.sign_in('chen', 'demo', '');
  await fresh.begin();
  return fresh;
}

beforeEach(async () => {
  desk = new FakeDesk(() => NOW);
  drawer = new Drawer();
  board = await signedIn();
});

describe('signing in', () => {
  it('a wrong password says so and opens nothing', async () => {
    const other = new Board(desk, new Drawer(), () => NOW);
    await other.session.sign_in('chen', 'wrong', '');
    expect(other.session.who).toBeNull();
    expect(other.session.problem?.code).toBe('bad_sign_in');
  });

  it('a reload of the window keeps the session and the open order', async () => {
    await board.open(LATE);
    const again = new Board(desk, drawer, () => NOW);
    expect(again.session.who?.display_name).toBe(board.session.who?.display_name);
    await again.begin();
    expect(again.review.order).toBe(LATE);
  });

  it('a session that ran out asks again and keeps order and remarks', async () => {
    await board.open(SEALS);
    board.review.remarks.on_order();
    board.review.remarks.write(board.review.remarks.drafts[0]?.id ?? 0, 'x');
    desk.fails = { code: 'no_session' };
    await board.tick();
    expect(board.session.who).toBeNull();
    expect(board.session.ended).toBe(true);
    desk.fails = null;
    await board.session.sign_in('chen', 'demo', '');
    await board.begin();
    expect(board.review.order).toBe(SEALS);
    expect(board.review.remarks.drafts).toHaveLength(1);
  });
});

describe('the list', () => {
  it('anomalies stand on top and the first order is open', () => {
    const flags = board.queue.shown.map((row) => row.anomalies.length > 0);
    expect(flags.indexOf(false)).toBeGreaterThan(flags.lastIndexOf(true));
    expect(board.review.order).toBe(board.queue.shown[0]?.order);
  });

  it('J and K move one row and stop at the ends', async () => {
    const orders = board.queue.shown.map((row) => row.order);
    await press('j', 'j');
    expect(board.review.order).toBe(orders[2]);
    await press('k');
    expect(board.review.order).toBe(orders[1]);
    await press('k', 'k', 'k');
    expect(board.review.order).toBe(orders[0]);
    await press(...orders.map(() => 'j'));
    expect(board.review.order).toBe(orders[orders.length - 1]);
  });

  it('looking again keeps selection, remarks and filters', async () => {
    await board.queue.filter({ crew: 'crew-3' });
    await board.open(SEALS);
    board.review.remarks.on_step('seals');
    board.review.remarks.write(board.review.remarks.drafts[0]?.id ?? 0, 'closer');
    await board.tick();
    expect(board.queue.chosen).toBe(SEALS);
    expect(board.queue.rows.every((row) => row.crew === 'crew-3')).toBe(true);
    expect(board.review.remarks.drafts[0]?.remark.text).toBe('closer');
  });

  it('evidence is filtered among the rows at hand', () => {
    board.queue.evidence = 'missing';
    expect(board.queue.shown.map((row) => row.order)).toEqual([MISSING]);
  });

  it('an answer overtaken by a newer question is dropped', async () => {
    const slow = board.queue.filter({ crew: 'crew-1' });
    await Promise.all([board.queue.filter({ crew: 'crew-2' }), slow]);
    expect(board.queue.rows.every((row) => row.crew === 'crew-2')).toBe(true);
  });

  it('a lost link is told once and what was shown stays', async () => {
    const before = board.queue.rows.length;
    desk.fails = { code: 'no_link' };
    await board.tick();
    expect(board.lost_since).toBe(NOW);
    expect(board.queue.rows).toHaveLength(before);
    desk.fails = null;
    await board.retry();
    expect(board.lost_since).toBeNull();
  });
});

describe('photos', () => {
  it('digits choose a photo for the chosen side', async () => {
    await board.open(SEALS);
    await press('ArrowRight', '3');
    const third = board.review.shots.find((shot) => shot.no === 3);
    expect(board.review.right).toBe(third?.photo.hash);
    await press('ArrowLeft', '1');
    expect(board.review.left).toBe(board.review.shots[0]?.photo.hash);
    expect(board.review.right).toBe(third?.photo.hash);
  });

  it('the photo of the step with the anomaly is in sight at once', async () => {
    await board.open(SEALS);
    const seals = board.review.shots.filter((shot) => shot.step === 'seals').map((shot) => shot.photo.hash);
    expect(seals).toContain(board.review.right);
  });

  it('zoom keeps the spot under the pointer and never leaves the photo', () => {
    const { view } = board.review;
    view.zoom(2, { x: 0.25, y: -0.1 });
    expect(view.x).toBeCloseTo(-0.25);
    expect(view.y).toBeCloseTo(0.1);
    view.pan(9, 9);
    expect([view.x, view.y]).toEqual([0.5, 0.5]);
    view.zoom(0.1);
    expect([view.scale, view.x, view.y]).toEqual([1, 0, 0]);
  });
});

describe('remarks', () => {
  it('a click on a photo pins a remark at that spot, in thousandths', async () => {
    await board.open(SEALS);
    const photo = board.review.right ?? '';
    board.review.remarks.on_photo('seals', photo, 512.4, 1203);
    board.review.remarks.write(board.review.remarks.drafts[0]?.id ?? 0, ' too blurred ');
    expect(board.review.remarks.ready()).toEqual([{ pin: 'photo', step: 'seals', photo, x_permille: 512, y_permille: 1000, text: 'too blurred' }]);
  });

  it('what was never written vanishes when the cursor leaves', async () => {
    await board.open(SEALS);
    board.review.remarks.on_step('seals');
    const id = board.review.remarks.writing ?? 0;
    board.review.remarks.leave(id);
    expect(board.review.remarks.drafts).toEqual([]);
  });

  it('each order keeps its own drafts', async () => {
    await board.open(SEALS);
    board.review.remarks.on_order();
    board.review.remarks.write(board.review.remarks.writing ?? 0, 'a');
    await board.open(CLEAN);
    expect(board.review.remarks.drafts).toEqual([]);
    await board.open(SEALS);
    expect(board.review.remarks.drafts.map((draft) => draft.remark.text)).toEqual(['a']);
  });
});

describe('deciding', () => {
  it('approving takes two presses and opens the next order', async () => {
    const orders = board.queue.shown.map((row) => row.order);
    await board.open(SEALS);
    await press('a');
    expect(desk.decisions).toEqual([]);
    await press('Enter');
    expect(desk.decisions).toEqual([{ act: 'approve', order: SEALS }]);
    expect(board.review.order).toBe(orders[orders.indexOf(SEALS) + 1]);
    expect(board.done?.act).toBe('approved');
    expect(board.queue.rows.some((row) => row.order === SEALS)).toBe(false);
  });

  it('Escape takes the question back', async () => {
    await board.open(SEALS);
    await press('a', 'Escape', 'Enter');
    expect(desk.decisions).toEqual([]);
  });

  it('missing evidence forbids approving and says how much', async () => {
    await board.open(MISSING);
    await press('a');
    expect(board.review.sure).toBeNull();
    expect(board.review.approve_hindrance).toEqual({ why: 'missing', n: 3 });
  });

  it('returning without a remark asks for one first', async () => {
    await board.open(SEALS);
    await press('r');
    expect(board.review.sure).toBeNull();
    expect(board.review.remarks.drafts[0]?.remark.pin).toBe('order');
    board.review.remarks.write(board.review.remarks.writing ?? 0, 'again');
    await press('r', 'Enter');
    expect(desk.decisions).toEqual([{ act: 'return', order: SEALS, remarks: [{ pin: 'order', text: 'again' }] }]);
    expect(drawer.getItem(`desk.remarks.${SEALS}`)).toBeNull();
  });

  it('an order that moved meanwhile is shown anew, with the remarks kept', async () => {
    await board.open(SEALS);
    board.review.remarks.on_order();
    board.review.remarks.write(board.review.remarks.writing ?? 0, 'again');
    const seen = board.review.review?.revision ?? 0;
    desk.moving.add(SEALS);
    await press('r', 'Enter');
    expect(desk.decisions).toEqual([]);
    expect(board.review.problem?.code).toBe('order_moved');
    expect(board.review.review?.revision).toBe(seen + 1);
    expect(board.review.remarks.drafts).toHaveLength(1);
    await press('r', 'Enter');
    expect(desk.decisions).toHaveLength(1);
  });

  it('a return whose answer was lost is not called undone; once seen as recorded its remarks are gone', async () => {
    await board.open(SEALS);
    board.review.remarks.on_order();
    board.review.remarks.write(board.review.remarks.writing ?? 0, 'again');
    const { revision } = board.review.review ?? { revision: 0 };
    await press('r');
    const remarks = board.review.remarks.ready();
    await desk.send_back(SEALS, revision, remarks);
    desk.fails = { code: 'no_link' };
    await press('Enter');
    expect(board.review.unsure).toBe('return');
    expect(board.review.remarks.drafts).toHaveLength(1);
    desk.fails = null;
    await board.retry();
    expect(board.review.unsure).toBeNull();
    expect(board.review.review?.order.state.state).toBe('returned');
    expect(drawer.getItem(`desk.remarks.${SEALS}`)).toBeNull();
  });

  it('late records count or not by a person’s word, and the order stays open', async () => {
    await board.open(LATE);
    const events = (board.review.review?.order.attention ?? []).map((one) => one.event_id);
    board.review.ask_late(events, 'dismiss');
    await press('Enter');
    expect(board.review.order).toBe(LATE);
    expect(board.review.review?.order.attention.every((one) => one.decided === 'dismiss')).toBe(true);
  });

  it('an order still at work cannot be decided on', async () => {
    await board.open('GD-20260814-0070');
    await press('a', 'r', 'n');
    expect(board.review.sure).toBeNull();
    expect(board.review.remarks.drafts).toEqual([]);
  });
});

describe('what went no further', () => {
  it('is sent again and leaves the list; what a device sent stays', async () => {
    await board.turn('letters');
    await board.letters.retry('out-41');
    expect(board.letters.letters?.map((letter) => letter.id)).toEqual(['event-9c0e-17']);
    await board.letters.retry('event-9c0e-17');
    expect(board.letters.problem?.code).toBe('not_allowed');
  });
});

it('every problem is a sentence', () => {
  expect(problemWord({ code: 'order_moved', state: 'returned' })).not.toMatch(/[{}]/);
  expect(problemWord({ code: 'evidence_missing', missing: 2 })).toMatch(/2/);
});

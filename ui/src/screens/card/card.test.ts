import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import { FakeCards } from '../../host/fake/card';
import { REFUSALS, SERIALS } from '../../host/fake/card_plan';
import { HostError, type Host } from '../../host/host';
import type { CardStep } from '../../host/types';
import { CardState } from './card.svelte';
import { onward, started } from './run';
import { shownOf } from './shown';

/** The new meter hangs; what was left in the old one is known by infrared. */
const READ = 'new_meter,infrared';
/** The same, and nobody read the old one. */
const UNREAD = 'new_meter';

function device(query: Record<string, string> = {}) {
  const params = new URLSearchParams({ card: 'old', card_ms: '0', done: READ, ...query });
  const reader = new FakeCards(params);
  return { reader, host: fakeHost(params, reader) };
}
async function open(host: Host): Promise<CardState> {
  const card = new CardState(host, 'o-17', 'card');
  await card.load();
  return card;
}
async function looked(query: Record<string, string> = {}) {
  const { reader, host } = device(query);
  const card = await open(host);
  await card.look();
  return { reader, host, card };
}
/** Counts what a host is asked. */
function counted(host: Host) {
  const asked = { looks: 0, writes: 0 };
  const { card_look, card_write } = host;
  host.card_look = (...args) => ((asked.looks += 1), card_look(...args));
  host.card_write = (...args) => ((asked.writes += 1), card_write(...args));
  return asked;
}
const step = (card: CardState) => card.order?.steps.find(({ step: one }) => one.id === 'card');

describe('a card in the reader', () => {
  it('is shown with what will be on it and why', async () => {
    const { card } = await looked();
    expect(card.stage).toBe('look');
    expect(card.seen?.card).toMatchObject({ serial: SERIALS.old, condition: 'valid' });
    expect(card.plan?.parts.map(({ part, amount, source }) => [part, amount, source])).toEqual([
      ['old_credit', '87.65', 'readout'],
      ['bought', '50.00', 'office'],
    ]);
    expect(card.plan?.total).toBe('137.65');
    expect(card.ready).toBe(true);
  });

  it.each(['card_missing', 'reader_missing', 'card_mute'])('that is not there (%s) is waited for, and nothing can be written', async (trouble) => {
    const { card, host, reader } = await looked({ card: trouble });
    const asked = counted(host);
    expect([card.seen?.trouble, card.ready]).toEqual([trouble, false]);
    await card.write();
    expect(asked.writes).toBe(0);
    reader.put('blank');
    await card.poll(false);
    expect(card.seen?.card?.serial).toBe(SERIALS.blank);
    expect(card.ready).toBe(true);
  });

  it('is asked for from time to time: not while the app is hidden, and never twice at once', async () => {
    const { card, host } = await looked();
    const asked = counted(host);
    await card.poll(true);
    expect(asked.looks).toBe(0);
    await Promise.all([card.poll(false), card.poll(false), card.look()]);
    expect(asked.looks).toBe(1);
  });

  it('is left alone while it is written, and once all is done', async () => {
    const { card, host } = await looked();
    const asked = counted(host);
    const during: number[] = [];
    host.on_card(() => {
      void card.poll(false);
      during.push(asked.looks);
    });
    await card.write();
    expect(new Set(during)).toEqual(new Set([0]));
    const after = asked.looks;
    await card.poll(false);
    expect([card.stage, asked.looks]).toEqual(['done', after]);
  });

  it('whose look is under way is written only when that has ended', async () => {
    const { card, host } = await looked();
    let look_ended = false;
    let began_after = false;
    const { card_look, card_write } = host;
    host.card_look = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve));
      look_ended = true;
      return card_look(...args);
    };
    host.card_write = (...args) => {
      began_after = look_ended;
      return card_write(...args);
    };
    void card.poll(false);
    await card.write();
    expect([began_after, card.stage]).toEqual([true, 'done']);
  });

  it('that cannot be looked at says why and can be looked at again', async () => {
    const { card, host } = await looked();
    const { card_look } = host;
    host.card_look = () => Promise.reject(new HostError({ error: 'card', why: 'card_busy', wanted: null, in_doubt: false }));
    await card.poll(false);
    expect(card.problem).toMatchObject({ why: 'card_busy' });
    host.card_look = card_look;
    await card.poll(false);
    expect(card.problem).toBeNull();
  });
});

describe('a refusal', () => {
  it.each(Object.keys(REFUSALS))('%s stops the write before it begins', async (code) => {
    const { card, host } = await looked({ card_no: code });
    const asked = counted(host);
    expect(card.seen?.refusal).toEqual({ code: 'card', refusal: Object.values(REFUSALS).find((one) => one.code === code) });
    await card.write();
    expect([card.ready, asked.writes]).toEqual([false, 0]);
  });

  it('that comes with the write leaves nothing begun', async () => {
    const { card, host } = await looked();
    const refusal = { code: 'card', refusal: { code: 'ground_changed' } } as const;
    host.card_write = () => Promise.reject(new HostError({ error: 'refused', refusal }));
    await card.write();
    expect(card.failure).toEqual({ error: 'refused', refusal });
    expect([card.stage, card.busy, card.run]).toEqual(['look', false, null]);
  });
});

describe('a write', () => {
  it('tells every step, ends as done, and the order has it', async () => {
    const { card, host } = await looked();
    const { steps } = started({ voids_old: false, goes_on: false });
    const told: [CardStep, string, number | undefined][] = [];
    // This is told before the screen is, which then has the step as its next one.
    host.on_card((one) => told.push([one, card.stage, card.run?.done]));
    await card.write();
    expect(told).toEqual(steps.map((one, i) => [one, 'running', i]));
    expect([card.stage, card.end?.end]).toEqual(['done', 'done']);
    expect(step(card)?.status).toBe('done');
    expect(card.record?.outcome.outcome).toBe('written');
    expect(card.seen?.card?.content?.purse).toEqual({ money: '137.65', count: 1 });
  });

  it('cannot be begun twice by two taps', async () => {
    const { card, host } = await looked();
    const asked = counted(host);
    await Promise.all([card.write(), card.write(), card.giveUp(), card.setAside(true)]);
    expect([asked.writes, card.stage]).toEqual([1, 'done']);
  });

  it('that failed before it began is not in doubt', async () => {
    const { card, host } = await looked();
    host.card_write = () => Promise.reject(new HostError({ error: 'card', why: 'card_changed', wanted: null, in_doubt: false }));
    await card.write();
    expect([card.stage, card.ready]).toEqual(['look', true]);
    expect(card.failure).toMatchObject({ why: 'card_changed' });
  });

  it('runs on when what is read back differs, from where it is written anew', () => {
    const begun = started({ voids_old: false, goes_on: false });
    const run = (['intent', 'card_read', 'authenticated', 'made_invalid', 'purse_written', 'purse_read_back'] as const).reduce(onward, begun);
    expect(run.done).toBe(6);
    const again = onward(run, 'writing_again');
    expect([again.done, again.again]).toEqual([3, true]);
    expect(onward(again, 'committed').done).toBe(run.steps.length);
  });

  it('that goes on has its intent behind it, and turns to the old card when that is wanted', () => {
    const run = started({ voids_old: false, goes_on: true });
    expect(run.done).toBe(1);
    const voids = onward(onward(run, 'card_read'), 'voiding_old');
    expect(voids.steps).toContain('old_voided');
    expect(voids.done).toBe(3);
  });
});

describe('a card that was cut off', () => {
  const cuts = started({ voids_old: false, goes_on: false }).steps.filter((one) => one !== 'committed');

  it.each(cuts)('after %s is in doubt, and with the same card it goes on to its end', async (cut) => {
    const { card } = await looked({ card_cut: cut });
    await card.write();
    expect([card.stage, card.wanted, card.isThere]).toEqual(['doubt', SERIALS.old, true]);
    expect(step(card)?.status).not.toBe('done');
    await card.write();
    expect([card.stage, card.failure]).toEqual(['done', null]);
  });

  it('is in doubt after a restart, before the reader was asked and after it', async () => {
    const { host } = device({ done: `${READ},card_doubt` });
    const card = await open(host);
    expect([card.seen, card.stage, card.ready]).toEqual([null, 'doubt', false]);
    await card.poll(false);
    expect([card.stage, card.wanted, card.ready]).toEqual(['doubt', SERIALS.old, true]);
    await card.write();
    expect(card.stage).toBe('done');
  });

  it('is written on with no other card', async () => {
    const { card, host, reader } = await looked({ done: `${READ},card_doubt` });
    const asked = counted(host);
    for (const inside of ['blank', 'stranger', null] as const) {
      reader.put(inside);
      await card.poll(false);
      await card.write();
      expect([card.stage, card.ready]).toEqual(['doubt', false]);
    }
    expect(asked.writes).toBe(0);
  });

  it('whose content cannot be made out may be gone on with: the device reads what it has to', async () => {
    const { card, reader } = await looked({ done: `${READ},card_doubt` });
    reader.put({ trouble: 'card_damaged' });
    await card.poll(false);
    expect([card.stage, card.ready]).toEqual(['doubt', true]);
    reader.put({ trouble: 'card_mute' });
    await card.poll(false);
    expect(card.ready).toBe(false);
  });

  it('stays in doubt when going on fails too, and says why', async () => {
    const { card } = await looked({ done: `${READ},card_doubt`, card_cut: 'card_read:card_foreign' });
    await card.write();
    expect(card.stage).toBe('doubt');
    expect(card.failure).toMatchObject({ why: 'card_foreign', in_doubt: true });
  });

  it('stays in doubt even if nothing more can be asked', async () => {
    const { card, host } = await looked({ card_cut: 'made_invalid' });
    const { card_write } = host;
    host.card_write = (...args) => {
      host.card_look = () => Promise.reject(new Error('no'));
      return card_write(...args);
    };
    await card.write();
    expect(card.stage).toBe('doubt');
  });

  it('can be given up: nothing is on it, and the leave is used up', async () => {
    const { card } = await looked({ card_cut: 'purse_written' });
    await card.write();
    await card.giveUp();
    expect([card.stage, card.end?.end]).toEqual(['look', 'given_up']);
    expect(card.record?.outcome).toMatchObject({ outcome: 'not_written', why: 'given_up' });
    expect(card.seen?.refusal).toMatchObject({ refusal: { code: 'authorisation_used' } });
    expect(card.ready).toBe(false);
  });

  it('cannot be given up once the money is on it', async () => {
    const { card } = await looked({ card_cut: 'made_valid' });
    await card.write();
    await card.giveUp();
    expect(card.stage).toBe('doubt');
    expect(card.failure).toMatchObject({ why: 'write_not_abandonable' });
    await card.write();
    expect(card.stage).toBe('done');
  });
});

describe('two cards', () => {
  /** From the old card in the reader to both in their places. */
  async function inPlace() {
    const { card, reader, host } = await looked();
    expect(card.mayBe).toBe('old');
    await card.setAside(true);
    expect([card.two, card.ready, card.plan]).toEqual(['take_out', false, null]);
    reader.put('blank');
    await card.poll(false);
    expect([card.two, card.ready]).toEqual(['swap', false]);
    await card.setAside(true);
    reader.put('old');
    await card.poll(false);
    expect([card.two, card.ready]).toEqual(['ready', true]);
    expect(card.plan?.card.serial).toBe(SERIALS.blank);
    return { card, reader, host };
  }

  it('change places until the old one can be made void, then the new one is asked for and written', async () => {
    const { card, reader, host } = await inPlace();
    const told: CardStep[] = [];
    host.on_card((one) => told.push(one));
    await card.write();
    expect(told).toEqual(started({ voids_old: true, goes_on: false }).steps);
    expect([card.stage, card.wanted, card.ready]).toEqual(['next', SERIALS.blank, false]);
    reader.put('blank');
    await card.poll(false);
    await card.write();
    expect([card.stage, card.record?.plan.card.serial]).toEqual(['done', SERIALS.blank]);
  });

  it('one of them cut off says which has to come back', async () => {
    const params = { card_cut: 'made_invalid' };
    const { card, reader, host } = await looked(params);
    await card.setAside(true);
    reader.put('blank');
    await card.poll(false);
    await card.setAside(true);
    reader.put('old');
    await card.poll(false);
    await card.write();
    const again = await open(host);
    await again.poll(false);
    expect([again.stage, again.wanted, again.seen?.open?.voids_old]).toEqual(['doubt', SERIALS.old, true]);
    await again.write();
    expect([again.stage, again.wanted]).toEqual(['next', SERIALS.blank]);
  });

  it('may begin with the new one', async () => {
    const { card, reader } = await looked({ card: 'blank' });
    expect(card.mayBe).toBe('fresh');
    await card.setAside(true);
    expect(card.two).toBe('take_out');
    reader.put('old');
    await card.poll(false);
    expect([card.two, card.ready, card.mayBe]).toEqual(['ready', true, null]);
  });

  it('are one again when the crew says so', async () => {
    const { card } = await looked();
    await card.setAside(true);
    await card.setAside(false);
    expect([card.seen?.aside, card.two, card.ready]).toEqual([null, null, true]);
  });

  it('are no choice where the card is nobody’s to replace', async () => {
    const { card } = await looked({ card: 'stranger' });
    expect([card.seen?.trouble, card.mayBe]).toEqual(['card_not_issued', null]);
  });
});

describe('what stood on the display', () => {
  it('is asked for when nobody else says what was left', async () => {
    const { card } = await looked({ card: 'blank', done: UNREAD });
    expect([card.asksShown, card.ready]).toEqual([true, false]);
    card.type('money', '87.6');
    await card.useShown();
    expect([card.asksShown, card.plan?.total]).toEqual([false, '137.60']);
    expect(card.plan?.parts[0]).toMatchObject({ amount: '87.60', source: 'photo' });
  });

  it('may lack only the count', async () => {
    const { card } = await looked({ card_no: 'count_unknown' });
    expect(card.asksShown).toBe(true);
    card.type('money', '87.65');
    await card.useShown();
    expect([card.asksShown, card.ready]).toEqual([true, false]);
    card.type('count', '第 11 次');
    expect(card.typed.count).toBe('11');
    await card.useShown();
    expect([card.asksShown, card.ready]).toEqual([false, true]);
  });

  it('is there after a kill, key by key, and counts only if it did', async () => {
    const { host } = device({ card: 'blank', done: UNREAD });
    const card = await open(host);
    card.type('overdraft', '12.3');
    await card.draft.settled();
    const typed = await open(host);
    expect([typed.typed.overdraft, typed.shown]).toEqual(['12.3', null]);
    await typed.useShown();
    await typed.draft.settled();
    const used = await open(host);
    expect(used.shown).toEqual({ money: '0.00', overdraft: '12.30', count: null });
    await used.forgetShown();
    expect([used.shown, used.typed.overdraft, used.asksShown]).toEqual([null, '12.3', true]);
  });

  it('can be given although others said it, and goes with the write', async () => {
    const { card, host } = await looked();
    expect([card.asksShown, card.mayBeShown]).toEqual([false, true]);
    card.openShown();
    expect([card.asksShown, card.active]).toEqual([true, 'money']);
    card.type('money', '80');
    await card.useShown();
    expect(card.seen?.remainders.map(({ source }) => source)).toEqual(['readout', 'photo']);
    let written: unknown = null;
    const { card_write } = host;
    host.card_write = (order, shown) => {
      written = shown;
      return card_write(order, shown);
    };
    await card.write();
    expect(written).toEqual({ money: '80.00', overdraft: '0.00', count: null });
    expect(await host.draft('o-17', 'card')).toBeNull();
  });

  it.each([
    [{ money: '', overdraft: '', count: '11' }, null],
    [{ money: '87.651', overdraft: '', count: '' }, null],
    [{ money: '1234567', overdraft: '', count: '' }, null],
    [{ money: '.', overdraft: '', count: '' }, null],
    [{ money: '007.5', overdraft: '', count: '3' }, { money: '7.50', overdraft: '0.00', count: 3 }],
  ])('typed as %o is %o', (typed, shown) => {
    expect(shownOf(typed)).toEqual(shown);
  });
});

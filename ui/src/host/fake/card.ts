// A made-up card reader: two cards and a stranger's, a write step by step, and ways to be cut off.
import { HostError } from '../host';
import type {
  CardEnd,
  CardInReader,
  CardOpen,
  CardPlan,
  CardStep,
  CardView,
  OrderEvent,
  Remainder,
  ShownRemainder,
} from '../types';
import { took } from './act';
import { customersCard, meterNo, planned, refusalOf, remainders, SERIALS } from './card_plan';
import { NOW, type Held } from './sample';

/** How long each step takes. Unit: milliseconds; a real card takes about as long. */
const STEP_MS = 350;
const LEAVE = '5f0d6a1e-9a34-4b7c-8a11-6d0b6f1d2c01';
/** What a void card's files hash to; nobody looks at it here. */
const IMAGE = 'ca'.repeat(32);

/** What lies in the reader: one of the cards, nothing, or something that answers with this trouble. */
type Inside = keyof typeof SERIALS | null | { trouble: string };

/** All that a write would begin with. */
type Ready = { plan: CardPlan; target: CardInReader; old: CardInReader | null; said: Remainder[]; meter_no: string };

/**
 * The reader. In the query: `card` is what lies in it (`old`, `blank`, `stranger`, or a code such as `reader_missing`);
 * `card_no` a reason for which nothing may be written; `card_cut=step` or `step:code` cuts the first write off after
 * that step, `card_stuck=step` keeps it there; `card_ms` is how long each step takes.
 */
export class FakeCards {
  readonly #heard = new Set<(step: CardStep) => void>();
  readonly #cards = new Map<string, CardInReader>([
    [SERIALS.old, { serial: SERIALS.old, condition: 'valid', content: customersCard() }],
    [SERIALS.blank, { serial: SERIALS.blank, condition: 'invalid', content: null }],
    [SERIALS.stranger, { serial: SERIALS.stranger, condition: 'unissued', content: null }],
  ]);
  readonly #stuck: string | null;
  readonly #step_ms: number;
  readonly #refusal: string | null;
  #cut: string[] | null;
  #inside: Inside;
  #aside: string | null = null;
  /** The old card that a write under way has still to make void. */
  #to_void: string | null = null;
  #busy = false;

  constructor(query: URLSearchParams) {
    const inside = query.get('card');
    this.#inside = inside === 'old' || inside === 'blank' || inside === 'stranger' ? inside : troubled(inside);
    this.#refusal = query.get('card_no');
    this.#cut = query.get('card_cut')?.split(':') ?? null;
    this.#stuck = query.get('card_stuck');
    this.#step_ms = query.has('card_ms') ? Number(query.get('card_ms')) : STEP_MS;
  }

  /** Somebody takes out what is in the reader and puts that in. */
  put(inside: Inside): void {
    this.#inside = inside;
  }

  on(heard: (step: CardStep) => void): () => void {
    this.#heard.add(heard);
    return () => this.#heard.delete(heard);
  }

  look(held: Held, shown: ShownRemainder | null): CardView {
    this.#turn();
    const { order } = held;
    const record = order.work['card'];
    const other = this.#aside === null ? null : (this.#cards.get(this.#aside) ?? null);
    const seen: CardView = {
      trouble: null,
      card: null,
      aside: other,
      meter_no: meterNo(order),
      remainders: remainders(order, shown, null),
      expires_at: NOW + 5 * 3_600_000,
      plan: null,
      refusal: null,
      open: this.#open(held),
      outcome: record?.record === 'card' ? record.outcome : null,
      keys: 'psam',
    };
    const card = this.#card();
    if ('trouble' in card) return { ...seen, trouble: card.trouble };
    seen.card = card;
    if (seen.open !== null) return seen;
    if (card.condition === 'unissued') return { ...seen, trouble: 'card_not_issued' };
    try {
      return { ...seen, plan: this.#ready(held, card, shown).plan };
    } catch (error) {
      if (error instanceof HostError && error.problem.error === 'refused')
        return { ...seen, refusal: error.problem.refusal };
      throw error;
    }
  }

  set_aside(held: Held, aside: boolean): CardView {
    this.#aside = aside ? this.#wanted(null).serial : null;
    return this.look(held, null);
  }

  async write(held: Held, shown: ShownRemainder | null): Promise<CardEnd> {
    this.#turn();
    this.#busy = true;
    try {
      if (this.#open(held) === null) await this.#begin(held, shown);
      return await this.#carry_on(held);
    } finally {
      this.#busy = false;
    }
  }

  give_up(held: Held): CardEnd {
    this.#turn();
    const open = this.#open(held);
    const record = held.order.work['card'];
    if (open === null || record?.record !== 'card') throw failed('write_closed', null, false);
    const card = this.#wanted(open.wanted);
    const is_written = card.content?.purse.money === record.plan.total && card.serial === record.plan.card.serial;
    if (is_written) throw failed('write_not_abandonable', open.wanted, true);
    this.#end(held, { outcome: 'not_written', why: card.content === null ? 'given_up' : 'untouched', image: IMAGE });
    return { end: 'given_up' };
  }

  /** What a morning's work left behind: a card that is written, cut off half-way, or given up. */
  stands(held: Held, how: 'written' | 'in_doubt' | 'given_up'): void {
    const card = this.#card();
    if ('trouble' in card) return;
    const ready = this.#ready(held, card, null);
    took(held, begun(ready));
    const blank = { serial: card.serial, condition: 'invalid', content: null } as const;
    this.#cards.set(card.serial, how === 'written' ? { ...card, condition: 'valid', content: ready.plan.card } : blank);
    if (how === 'written') this.#end(held, { outcome: 'written', image: IMAGE });
    if (how === 'given_up') this.#end(held, { outcome: 'not_written', why: 'given_up', image: IMAGE });
  }

  async #begin(held: Held, shown: ShownRemainder | null): Promise<void> {
    const card = this.#wanted(null);
    const ready = this.#ready(held, card, shown);
    if (ready.old !== null && card.serial !== ready.old.serial) throw failed('card_wrong', ready.old.serial, false);
    this.#to_void = ready.old?.serial ?? null;
    took(held, begun(ready));
    await this.#step('intent', held);
  }

  async #carry_on(held: Held): Promise<CardEnd> {
    const open = this.#open(held);
    const record = held.order.work['card'];
    if (open === null || record?.record !== 'card') throw failed('write_closed', null, false);
    const { card: fresh, total } = record.plan;
    const { serial, content } = this.#wanted(open.wanted);
    const keep = (card: Pick<CardInReader, 'condition' | 'content'>) => this.#cards.set(serial, { serial, ...card });
    const invalid = { condition: 'invalid', content: null } as const;
    await this.#step('card_read', held);
    if (open.voids_old) {
      for (const step of ['voiding_old', 'authenticated'] as const) await this.#step(step, held);
      keep(invalid);
      for (const step of ['made_invalid', 'purse_written', 'purse_read_back', 'read_back'] as const)
        await this.#step(step, held);
      this.#to_void = null;
      await this.#step('old_voided', held);
      return { end: 'next_card', serial: fresh.serial };
    }
    if (content?.purse.money !== total || content.serial !== fresh.serial) {
      await this.#step('authenticated', held);
      keep(invalid);
      for (const step of ['made_invalid', 'purse_written', 'purse_read_back', 'body_written'] as const)
        await this.#step(step, held);
      keep({ condition: 'valid', content: fresh });
      for (const step of ['made_valid', 'read_back'] as const) await this.#step(step, held);
    }
    this.#end(held, { outcome: 'written', image: IMAGE });
    await this.#step('committed', held);
    return { end: 'done' };
  }

  async #step(step: CardStep, held: Held): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.#step_ms));
    for (const heard of this.#heard) heard(step);
    if (this.#stuck === step) await new Promise(() => undefined);
    const [cut, why = 'write_in_doubt'] = this.#cut ?? [];
    if (cut !== step) return;
    this.#cut = null;
    throw failed(why, this.#open(held)?.wanted ?? null, true);
  }

  #end(held: Held, outcome: Extract<OrderEvent, { event: 'card_ended' }>['outcome']): void {
    this.#aside = null;
    this.#to_void = null;
    took(held, { event: 'card_ended', step: 'card', authorisation: LEAVE, outcome });
  }

  #open({ order }: Held): CardOpen | null {
    const record = order.work['card'];
    if (record?.record !== 'card' || record.outcome.outcome !== 'in_doubt') return null;
    return { wanted: this.#to_void ?? record.plan.card.serial, voids_old: this.#to_void !== null, is_taken_back: false };
  }

  /** Which of two cards is written, which is made void first: a card no meter takes is the new one. */
  #ready(held: Held, now: CardInReader, shown: ShownRemainder | null): Ready {
    const { order } = held;
    const other = this.#aside === null || this.#aside === now.serial ? null : (this.#cards.get(this.#aside) ?? null);
    const is_old = other !== null && now.condition === 'valid' && other.condition !== 'valid';
    const target = is_old ? other : now;
    const old = is_old ? now : other?.condition === 'valid' ? other : null;
    const said = remainders(order, shown, (old ?? target).content);
    const refusal = refusalOf(order.work['card'] === undefined ? this.#refusal : 'authorisation_used');
    if (refusal !== null && !this.#told(shown)) throw new HostError({ error: 'refused', refusal });
    return { plan: planned(order, target.serial, said), target, old, said, meter_no: meterNo(order) ?? '' };
  }

  /** Whether what the crew typed is what was missing. */
  #told(shown: ShownRemainder | null): boolean {
    if (this.#refusal === 'count_unknown') return shown?.count !== undefined && shown.count !== null;
    return this.#refusal === 'remainder_unknown' && shown !== null;
  }

  #card(): CardInReader | { trouble: string } {
    if (this.#inside === null) return { trouble: 'card_missing' };
    if (typeof this.#inside !== 'string') return this.#inside;
    return this.#cards.get(SERIALS[this.#inside]) ?? { trouble: 'card_missing' };
  }

  /** The card in the reader, which has to be that one. */
  #wanted(serial: string | null): CardInReader {
    const card = this.#card();
    if ('trouble' in card) throw failed(card.trouble, serial, serial !== null);
    if (serial !== null && card.serial !== serial) throw failed('card_wrong', serial, true);
    return card;
  }

  #turn(): void {
    if (this.#busy) throw failed('card_busy', null, false);
  }
}

function begun({ plan, target, old, said, meter_no }: Ready): OrderEvent {
  const card = old?.content ?? target.content;
  return {
    event: 'card_begun',
    step: 'card',
    authorisation: LEAVE,
    seen: {
      serial: target.serial,
      content: target.content,
      meter_no,
      old_card: card === null ? { state: 'not_read' } : { state: 'read', ...card },
      remainders: said.filter(({ source }) => source !== 'write_back'),
    },
    plan,
  };
}

function troubled(code: string | null): Inside {
  return code === null || code === 'card_missing' ? null : { trouble: code };
}

function failed(why: string, wanted: string | null, in_doubt: boolean): HostError {
  return new HostError({ error: 'card', why, wanted, in_doubt });
}

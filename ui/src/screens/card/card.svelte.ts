// A prepaid card: what is on it, what will be and why; written step by step, and how that ended.
import type { Problem } from '../../host/host';
import type { CardEnd, CardRefusal, CardView, ShownRemainder } from '../../host/types';
import { field } from '../draft';
import { problemOf } from '../problem';
import { StepState } from '../step/step.svelte';
import { onward, started, type Run } from './run';
import { shownOf, typedOf, type Field, type Typed } from './shown';

/**
 * What the screen is about: a card is looked at; it is being written; it was cut off, and nobody knows before it was
 * read; the old one of two is void and the new one has to come; it is written.
 */
export type Stage = 'look' | 'running' | 'doubt' | 'next' | 'done';

/** Troubles with which there is no card to go on with; with any other the device may still read what it has to. */
const NO_CARD = ['reader_no_service', 'reader_missing', 'reader_failed', 'card_missing', 'card_mute', 'card_not_ours'];

/** The card of a step. */
export class CardState extends StepState {
  /** What stood before the crew when the reader was last asked. */
  seen = $state.raw<CardView | null>(null);
  run = $state.raw<Run | null>(null);
  end = $state.raw<CardEnd | null>(null);
  /** Why the last write, or giving up, did not come to its end. */
  failure = $state.raw<Problem | null>(null);

  typed = $state<Typed>({ money: '', overdraft: '', count: '' });
  /** The line the pad types into. */
  active = $state<Field | null>(null);
  /** What stood on the display, once it is used. */
  shown = $state.raw<ShownRemainder | null>(null);

  #opened = $state(false);
  #looking: Promise<void> | null = null;

  /** The record of the step, where it holds a card. */
  get record() {
    const record = this.view?.record;
    return record?.record === 'card' ? record : null;
  }

  stage = $derived.by((): Stage => {
    if (this.run !== null) return 'running';
    if (this.end?.end === 'done') return 'done';
    if (this.end?.end === 'given_up') return 'look';
    if (this.end?.end === 'next_card') return 'next';
    if (this.failure?.error === 'card' && this.failure.in_doubt) return 'doubt';
    if (this.seen?.open) return 'doubt';
    if (this.record?.outcome.outcome === 'in_doubt' && this.seen === null) return 'doubt';
    return this.record?.outcome.outcome === 'written' && this.view?.status === 'done' ? 'done' : 'look';
  });

  /** The card that has to be in the reader to go on; null while that is not known. */
  wanted = $derived.by((): string | null => {
    if (this.end?.end === 'next_card') return this.end.serial;
    if (this.seen?.open) return this.seen.open.wanted;
    return this.failure?.error === 'card' ? this.failure.wanted : null;
  });

  /** Whether the card in the reader is the one to go on with, as far as can be seen. */
  isThere = $derived.by((): boolean => {
    if (this.seen === null) return false;
    const { card, trouble } = this.seen;
    return card === null ? trouble !== null && !NO_CARD.includes(trouble) : card.serial === this.wanted;
  });

  /**
   * Where the two cards are, once one was put aside: it is still in the reader; the reader holds the new one, and the old
   * one has to be there first; or all is in place.
   */
  two = $derived.by((): 'take_out' | 'swap' | 'ready' | null => {
    const { aside, card, plan } = this.seen ?? {};
    if (this.stage !== 'look' || !aside || !card) return null;
    if (card.serial === aside.serial) return 'take_out';
    if (!plan) return null;
    if (plan.card.serial === aside.serial) return 'ready';
    return aside.condition === 'valid' ? 'swap' : null;
  });

  /** What would be written now; null while a card that was put aside is still in the reader. */
  plan = $derived(this.stage === 'look' && this.two !== 'take_out' ? (this.seen?.plan ?? null) : null);

  /** Whether a write may be begun or gone on with, as far as the device has said. */
  ready = $derived.by((): boolean => {
    if (this.stage === 'look') return this.plan !== null && this.two !== 'swap';
    return (this.stage === 'doubt' || this.stage === 'next') && this.isThere;
  });

  /**
   * What the card in the reader may be of two: the customer's old one, whose place a new one takes, or the new one while
   * the old one is still to be read. Null where there is nothing to choose.
   */
  mayBe = $derived.by((): 'old' | 'fresh' | null => {
    if (this.stage !== 'look' || this.seen === null || this.seen.aside !== null) return null;
    const { card, plan } = this.seen;
    const has_old = (this.order?.order.dispatch.card?.meter ?? null) !== null;
    if (card === null || !has_old) return null;
    if (card.condition === 'valid') return plan !== null || this.#lacks('card_not_authorised') ? 'old' : null;
    return plan !== null || this.#lacks('remainder_unknown', 'count_unknown') ? 'fresh' : null;
  });

  /** Whether what stood on the display of an old meter is of any use here. */
  get mayBeShown(): boolean {
    const task = this.order?.order.dispatch.card;
    const has_sum = this.plan !== null || this.#lacks('remainder_impossible');
    return has_sum && task?.kind === 'open_account' && task.meter !== null;
  }

  /** Whether the lines of the display are asked for: the device lacks them, or the crew wants to give them. */
  asksShown = $derived.by((): boolean => {
    if (this.stage !== 'look') return false;
    return this.#opened || this.#lacks('remainder_unknown', 'count_unknown');
  });

  /** What the display said, as far as it is typed. */
  filled = $derived(shownOf(this.typed));

  protected override async restore(): Promise<void> {
    await this.draft.load((kept) => {
      this.typed = typedOf(kept);
      this.shown = field(kept, 'used') === true ? shownOf(this.typed) : null;
    });
  }

  override keep(): void {
    this.draft.save({ typed: this.typed, used: this.shown !== null });
  }

  /** Asks the reader what is in it, unless it is being asked. */
  async look(): Promise<void> {
    this.#looking ??= this.#ask().finally(() => (this.#looking = null));
    await this.#looking;
  }

  /** Asks the reader from time to time: not while the app is hidden, a card is being written, or all is done. */
  async poll(is_hidden: boolean): Promise<void> {
    if (!is_hidden && !this.busy && this.stage !== 'running' && this.stage !== 'done') await this.look();
  }

  /** Writes the card, or goes on with one that was cut off. */
  async write(): Promise<void> {
    if (!this.ready || this.busy) return;
    const open = this.seen?.open;
    const voids_old = open ? open.voids_old : this.two === 'ready';
    this.run = started({ voids_old, goes_on: this.stage !== 'look' });
    const unhear = this.host.on_card((step) => {
      if (this.run !== null) this.run = onward(this.run, step);
    });
    await this.#through(() => this.host.card_write(this.order_id, this.shown));
    unhear();
    this.run = null;
    if (this.end?.end === 'done') await this.draft.drop();
  }

  /** Gives up a write that was cut off. */
  async giveUp(): Promise<void> {
    if (this.busy) return;
    await this.#through(() => this.host.card_give_up(this.order_id));
  }

  /** Keeps the card in the reader in mind as one of two, so that the other can be read; or forgets it. */
  async setAside(aside: boolean): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failure = null;
    await this.#looking;
    try {
      this.seen = await this.host.card_set_aside(this.order_id, aside);
      this.problem = null;
      // What is typed is not part of that question.
      if (this.shown !== null) await this.look();
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }

  /** Opens the lines of the display. */
  openShown(): void {
    this.#opened = true;
    this.active = 'money';
  }

  /** A line of the display as it is typed. */
  type(name: Field, value: string): void {
    this.typed[name] = name === 'count' ? value.replace(/\D/g, '') : value;
    this.keep();
  }

  /** Counts with what is typed. */
  async useShown(): Promise<void> {
    if (this.filled !== null) await this.#count(this.filled);
  }

  /** Counts without it; what is typed stays. */
  async forgetShown(): Promise<void> {
    await this.#count(null);
  }

  /** Whether the device writes no card for one of these reasons. */
  #lacks(...codes: CardRefusal['code'][]): boolean {
    const refusal = this.seen?.refusal;
    return refusal?.code === 'card' && codes.includes(refusal.refusal.code);
  }

  async #count(shown: ShownRemainder | null): Promise<void> {
    this.shown = shown;
    this.#opened = false;
    this.active = null;
    this.failure = null;
    this.keep();
    // A look that is under way does not know of it yet.
    await this.#looking;
    await this.look();
  }

  /** One act at the reader, and how everything stands after it. */
  async #through(act: () => Promise<CardEnd>): Promise<void> {
    this.busy = true;
    this.failure = null;
    this.problem = null;
    this.end = null;
    // The reader is one caller's at a time.
    await this.#looking;
    try {
      this.end = await act();
    } catch (error) {
      this.failure = problemOf(error);
    }
    try {
      this.order = await this.host.order(this.order_id);
    } catch (error) {
      this.problem = problemOf(error);
    }
    await this.look();
    this.busy = false;
  }

  async #ask(): Promise<void> {
    try {
      this.seen = await this.host.card_look(this.order_id, this.shown);
      this.problem = null;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }
}

// The desk as a whole: its pages, its link to the gateway, its clock and its keys.
import { Blobs } from './blobs';
import { CardsState } from './cards/cards.svelte';
import { problemOf, type Desk, type DeskProblem } from './desk';
import { DayState, LettersState } from './day/day.svelte';
import { QueueState } from './queue/queue.svelte';
import { ReviewState, type Done } from './review/review.svelte';
import { Session, type Kept } from './session.svelte';

/** The desk's pages. */
export type Page = 'review' | 'cards' | 'day' | 'letters';

/** How often the desk looks again by itself. Unit: milliseconds. */
export const EVERY_MS = 10_000;

const KEY_ORDER = 'desk.order';

/** Everything the page shows. */
export class Board {
  page = $state<Page>('review');
  help = $state(false);
  /** Since when the gateway does not answer; null while it does. */
  lost_since = $state<number | null>(null);
  retrying = $state(false);
  done = $state.raw<Done | null>(null);
  /** The time by this computer, renewed with the list. */
  now = $state(0);
  readonly session: Session;
  readonly queue: QueueState;
  readonly review: ReviewState;
  readonly cards: CardsState;
  readonly day: DayState;
  readonly letters: LettersState;
  readonly blobs: Blobs;

  constructor(
    desk: Desk,
    private readonly kept: Kept,
    private readonly clock: () => number,
  ) {
    const heard = (problem: DeskProblem | null) => {
      this.#heard(problem);
    };
    this.now = clock();
    this.session = new Session(desk, kept);
    this.blobs = new Blobs((hash) => desk.blob(hash));
    const refused = (problem: DeskProblem) => {
      heard(problem);
      if (problem.code === 'order_moved' || problem.code === 'evidence_missing') void this.queue.refresh();
    };
    this.review = new ReviewState(desk, kept, refused, (done) => void this.#decided(done));
    this.queue = new QueueState(desk, heard, (order) => {
      if (order === this.review.order && !this.review.busy) void this.review.reload();
    });
    this.cards = new CardsState(desk, heard);
    this.day = new DayState(desk, heard);
    this.letters = new LettersState(desk, heard);
  }

  /** The first look after signing in; opens the order that was open before a reload. */
  async begin(): Promise<void> {
    const before = this.review.order ?? this.kept.getItem(KEY_ORDER);
    await Promise.all([this.queue.refresh(), this.letters.refresh()]);
    await this.open(before ?? this.queue.shown[0]?.order ?? null);
  }

  /** Looks again at what is on the screen. */
  async tick(): Promise<void> {
    this.now = this.clock();
    if (this.session.who === null) return;
    const page = this.page === 'review' ? Promise.resolve() : this[this.page].refresh();
    await Promise.all([this.queue.refresh(), page]);
    const stale = this.review.review === null || this.review.unsure !== null;
    if (stale && this.review.order !== null && this.lost_since === null) await this.review.reload();
  }

  /** The person does not want to wait for the next look. */
  async retry(): Promise<void> {
    this.retrying = true;
    await this.tick();
    this.retrying = false;
  }

  /** Opens an order in the review. */
  async open(order: string | null): Promise<void> {
    this.page = 'review';
    this.queue.chosen = order;
    if (order === null) this.kept.removeItem(KEY_ORDER);
    else this.kept.setItem(KEY_ORDER, order);
    await this.review.open(order);
  }

  /** Turns to the page of cards, to the row of one leave or report. */
  async open_card(row: string): Promise<void> {
    await this.turn('cards');
    this.cards.choose(row);
  }

  /** Turns to a page. */
  async turn(page: Page): Promise<void> {
    this.page = page;
    this.done = null;
    this.cards.give_up();
    await this.tick();
  }

  /** One row down or up. */
  async step(by: 1 | -1): Promise<void> {
    const next = this.queue.neighbour(by);
    this.done = null;
    if (next !== null) await this.open(next);
  }

  /** Signs out; what others may not see leaves the memory. */
  sign_out(): void {
    this.session.leave('wanted');
    this.kept.removeItem(KEY_ORDER);
    this.blobs.clear();
    this.done = null;
    void this.review.open(null);
    this.queue.chosen = null;
  }

  /** A key that is pressed outside a field; whether it meant something. */
  key(key: string): boolean {
    const { review } = this;
    if (this.help) {
      if (key === 'Escape' || key === '?' || key === 'Enter') this.help = false;
      return true;
    }
    if (key === '?') {
      this.help = true;
      return true;
    }
    if (this.page === 'cards') return this.#cardsKey(key);
    if (this.page !== 'review') return false;
    if (review.sure !== null) {
      if (key === 'Enter') void review.confirm();
      else if (key === 'Escape') review.cancel();
      else return false;
      return true;
    }
    if (/^[1-9]$/.test(key)) {
      review.choose(Number(key));
      return true;
    }
    const act = this.#acts[key.length === 1 ? key.toLowerCase() : key];
    act?.();
    return act !== undefined;
  }

  #cardsKey(key: string): boolean {
    const { cards } = this;
    if (cards.asking !== null) {
      if (key === 'Enter') void cards.go_on();
      else if (key === 'Escape') cards.back();
      else return false;
      return true;
    }
    switch (key.length === 1 ? key.toLowerCase() : key) {
      case 'j':
      case 'k':
        cards.step(key.toLowerCase() === 'j' ? 1 : -1);
        return true;
      case 'r':
        cards.begin('reissue');
        return true;
      case 's':
        cards.begin('settle');
        return true;
      case 'o': {
        const order = cards.leave?.order ?? cards.incident?.order;
        if (order !== undefined) void this.open(order);
        return true;
      }
      case 'Escape':
        cards.problem = null;
        return true;
      default:
        return false;
    }
  }

  readonly #acts: Record<string, () => void> = {
    j: () => void this.step(1),
    k: () => void this.step(-1),
    a: () => {
      this.review.ask('approve');
    },
    r: () => {
      this.review.ask('return');
    },
    n: () => {
      if (this.review.handed_in) this.review.remarks.on_order();
    },
    f: () => {
      this.review.large = !this.review.large;
    },
    '+': () => {
      this.review.view.zoom(1.4);
    },
    '=': () => {
      this.review.view.zoom(1.4);
    },
    '-': () => {
      this.review.view.zoom(1 / 1.4);
    },
    '0': () => {
      this.review.view.reset();
    },
    ArrowLeft: () => {
      this.review.side = 'left';
    },
    ArrowRight: () => {
      this.review.side = 'right';
    },
    Escape: () => {
      this.review.large = false;
      this.review.problem = null;
      this.review.view.reset();
    },
  };

  /** A photo could not be fetched: whether that is the link's fault is for the whole page. */
  heard_of(error: unknown): void {
    this.#heard(problemOf(error));
  }

  #heard(problem: DeskProblem | null): void {
    if (problem !== null) this.done = null;
    if (problem?.code === 'no_session') {
      this.session.leave('ended');
      this.blobs.clear();
    } else if (problem?.code === 'no_link') this.lost_since ??= this.clock();
    else this.lost_since = null;
  }

  async #decided(done: Done): Promise<void> {
    this.done = done;
    const next = this.queue.after();
    await this.queue.refresh();
    if (done.act === 'late_accept' || done.act === 'late_dismiss') return;
    const gone = !this.queue.shown.some((row) => row.order === done.order);
    if (gone && this.queue.chosen === done.order) await this.open(next);
  }
}

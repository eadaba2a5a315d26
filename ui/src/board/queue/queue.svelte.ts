// The list of orders: what it is filtered by, which one is chosen, and how it is kept fresh.
import { problemOf, type Counts, type Desk, type DeskProblem, type Evidence, type QueueAsk, type QueueRow } from '../desk';

/** No filter at all: the orders that wait for review. */
const NOTHING: QueueAsk = { crew: '', kind: '', state: '', anomaly: '', search: '' };

/** The list beside the review. */
export class QueueState {
  rows = $state.raw<QueueRow[]>([]);
  crews = $state.raw<{ crew: string; crew_name: string }[]>([]);
  counts = $state.raw<Counts | null>(null);
  ask = $state.raw<QueueAsk>(NOTHING);
  evidence = $state<'' | Evidence>('');
  /** The order whose review is open. It stays chosen when it leaves the list. */
  chosen = $state<string | null>(null);
  /** Whether the list has come at least once for these filters. */
  loaded = $state(false);
  problem = $state.raw<DeskProblem | null>(null);
  /** The rows in sight. */
  readonly shown = $derived(this.evidence === '' ? this.rows : this.rows.filter((row) => row.evidence === this.evidence));
  readonly filtered = $derived(this.evidence !== '' || Object.values(this.ask).some((value) => value !== ''));

  #asked = 0;

  constructor(
    private readonly desk: Desk,
    /** Told after every attempt: null when it worked. */
    private readonly heard: (problem: DeskProblem | null) => void = () => undefined,
    /** Told when the chosen order's row is not what it was. */
    private readonly moved: (order: string) => void = () => undefined,
  ) {}

  /** Asks again; an answer that was overtaken by a newer question is dropped. */
  async refresh(): Promise<void> {
    const mine = ++this.#asked;
    try {
      const { rows, crews, counts } = await this.desk.queue(this.ask);
      if (mine !== this.#asked) return;
      const before = this.#row();
      this.rows = rows;
      this.crews = crews;
      this.counts = counts;
      this.problem = null;
      const known = this.loaded;
      this.loaded = true;
      if (known && this.chosen !== null && before !== this.#row()) this.moved(this.chosen);
      this.heard(null);
    } catch (error) {
      if (mine !== this.#asked) return;
      this.problem = problemOf(error);
      this.heard(this.problem);
    }
  }

  /** Changes what is asked for. */
  async filter(change: Partial<QueueAsk>): Promise<void> {
    this.ask = { ...this.ask, ...change };
    await this.refresh();
  }

  /** Back to all that waits for review. */
  async clear(): Promise<void> {
    this.evidence = '';
    await this.filter(NOTHING);
  }

  /** The order `by` rows further down; from nowhere, the first. Stops at the ends. */
  neighbour(by: 1 | -1): string | null {
    const at = this.shown.findIndex((row) => row.order === this.chosen);
    if (at === -1) return this.shown[0]?.order ?? null;
    return this.shown[at + by]?.order ?? null;
  }

  /** Where to go once the chosen order is done: the next one, else the one before. */
  after(): string | null {
    return this.neighbour(1) ?? this.neighbour(-1);
  }

  #row(): string {
    return JSON.stringify(this.rows.find((row) => row.order === this.chosen) ?? null);
  }
}

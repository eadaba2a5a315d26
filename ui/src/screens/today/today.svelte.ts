// The day's orders: grouped by state, found as one types, sorted as one drives. Groups and order are the device's.
import type { Host, Problem } from '../../host/host';
import type { GroupKind, Place, Sort, Today } from '../../host/types';
import { locate, position } from '../position';
import { problemOf } from '../problem';

/** More rows of a group are asked for when wanted: a list of thousands would not scroll on a tablet. */
const FIRST_ROWS = 40;

/** The list beside or before an order. */
export class TodayState {
  view = $state.raw<Today | null>(null);
  search = $state('');
  sort = $state<Sort>('appointment');
  here = $state.raw<Place | null>(null);
  problem = $state.raw<Problem | null>(null);
  #whole: GroupKind[] = [];
  #asked = 0;

  /** The groups with as many rows as are drawn now. */
  groups = $derived.by(() =>
    (this.view?.groups ?? []).map(({ group, count, orders }) => ({
      group,
      count,
      rows: orders,
      hidden: count - orders.length,
    })),
  );

  constructor(private readonly host: Host) {}

  /** Asks for the list; an answer that was overtaken by a newer question is left aside. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    this.here = position() ?? this.here;
    try {
      const { search, sort, here } = this;
      const view = await this.host.today({ search, sort, here, first: FIRST_ROWS, whole: this.#whole });
      if (asked !== this.#asked) return;
      this.view = view;
      this.problem = null;
    } catch (error) {
      if (asked === this.#asked) this.problem = problemOf(error);
    }
  }

  /** Searches as one types. */
  find(search: string): void {
    this.search = search;
    this.#whole = [];
    void this.load();
  }

  /** Sorts by the other measure; by distance, the tablet is asked where it is. */
  sortBy(sort: Sort): void {
    this.sort = sort;
    void this.load();
    if (sort === 'distance') {
      locate((here) => {
        this.here = here;
        void this.load();
      });
    }
  }

  /** Draws all of a group. */
  showAll(group: GroupKind): void {
    this.#whole = [...this.#whole, group];
    void this.load();
  }
}

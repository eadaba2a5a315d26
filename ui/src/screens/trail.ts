// The way back: the tablet's own back button goes where the arrow in the bar goes.

/** What the trail needs of the browser's history. */
export type Past = Pick<History, 'pushState' | 'back'>;

/** Routes that were opened, newest last; a way back is taken back, not added. */
export class Trail {
  readonly #routes: string[] = ['today'];

  constructor(private readonly past: Past | null = typeof history === 'undefined' ? null : history) {}

  /** A screen is opened: one step back when it is the one before, else one step on. */
  to(route: string): void {
    const [before, now] = this.#routes.slice(-2);
    if (route === (now ?? before)) return;
    if (now !== undefined && route === before) {
      this.past?.back();
      return;
    }
    this.#routes.push(route);
    this.past?.pushState(route, '');
  }

  /** The browser went back from a screen that may not be left: it is opened again. */
  stay(): void {
    const [now] = this.#routes.slice(-1);
    if (now !== undefined) this.past?.pushState(now, '');
  }

  /** The browser went back (or forward) to a route. */
  came(route: string | null): void {
    const at = this.#routes.lastIndexOf(route ?? 'today');
    if (at >= 0) this.#routes.length = at + 1;
    else this.#routes.push(route ?? 'today');
  }
}

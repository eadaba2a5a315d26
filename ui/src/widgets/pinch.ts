// Two fingers on the preview: how much further apart they are than a moment ago.

/** Smaller moves are a hand that trembles. */
const LEAST = 1.02;

/** The fingers on one place. */
export class Pinch {
  readonly #at = new Map<number, [number, number]>();
  #span = 0;

  down(id: number, x: number, y: number): void {
    this.#at.set(id, [x, y]);
    this.#span = this.#apart();
  }

  /** By how much the picture should grow; null while fewer or more than two fingers are there, or they hardly moved. */
  moved(id: number, x: number, y: number): number | null {
    if (!this.#at.has(id)) return null;
    this.#at.set(id, [x, y]);
    const now = this.#apart();
    if (now === 0 || this.#span === 0) return null;
    const grown = now / this.#span;
    if (grown < LEAST && grown > 1 / LEAST) return null;
    this.#span = now;
    return grown;
  }

  up(id: number): void {
    this.#at.delete(id);
    this.#span = this.#apart();
  }

  #apart(): number {
    const [one, other, ...more] = this.#at.values();
    return one && other && more.length === 0 ? Math.hypot(one[0] - other[0], one[1] - other[1]) : 0;
  }
}

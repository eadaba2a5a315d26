// Scanners that type: a code comes as key presses much faster than fingers, and ends with Enter.

/** A finger needs longer between two keys; a scanner never does. */
const KEY_GAP_MS = 50;
/** Shorter bursts are a person hitting two keys at once. */
const SHORTEST = 8;

/** Tells scanner input from a person's, key press by key press. */
export class Wedge {
  #text = '';
  #at = -Infinity;

  /** Takes one key; the whole code when this key ends one, else null. */
  key(key: string, atMs: number): string | null {
    const quick = atMs - this.#at <= KEY_GAP_MS;
    this.#at = atMs;
    if (key === 'Enter') {
      const code = quick && this.#text.length >= SHORTEST ? this.#text : null;
      this.#text = '';
      return code;
    }
    if (key.length !== 1) return null;
    this.#text = quick ? this.#text + key : key;
    return null;
  }
}

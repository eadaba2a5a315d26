// Photos and signatures by hash: fetched with the session's token, kept while they are likely to be looked at again.

/** As much is kept before the longest unseen goes. Unit: bytes; some fifty full photos. */
const KEEP_BYTES = 128 * 1024 * 1024;

type Held = { url: Promise<string>; made: string | null; bytes: number };

/** What an <img> can show of a hash. */
export class Blobs {
  /** The longest unseen first. */
  readonly #held = new Map<string, Held>();

  constructor(
    private readonly fetch: (hash: string) => Promise<Blob>,
    private readonly keep_bytes = KEEP_BYTES,
  ) {}

  /** An object URL of the blob; asked twice, fetched once. What failed is fetched anew next time. */
  url(hash: string): Promise<string> {
    const known = this.#held.get(hash);
    if (known) {
      this.#held.delete(hash);
      this.#held.set(hash, known);
      return known.url;
    }
    const held: Held = { url: Promise.resolve(''), made: null, bytes: 0 };
    held.url = this.fetch(hash).then(
      (blob) => {
        held.made = URL.createObjectURL(blob);
        held.bytes = blob.size;
        if (this.#held.get(hash) === held) this.#shrink(hash);
        return held.made;
      },
      (error: unknown) => {
        if (this.#held.get(hash) === held) this.#held.delete(hash);
        throw error;
      },
    );
    this.#held.set(hash, held);
    return held.url;
  }

  /** The blob's text, for a signature's strokes. */
  async text(hash: string): Promise<string> {
    return (await this.fetch(hash)).text();
  }

  /** Lets go of everything: the session is over. */
  clear(): void {
    for (const held of this.#held.values()) if (held.made !== null) URL.revokeObjectURL(held.made);
    this.#held.clear();
  }

  #shrink(newest: string): void {
    let total = 0;
    for (const held of this.#held.values()) total += held.bytes;
    for (const [hash, held] of this.#held) {
      if (total <= this.keep_bytes) return;
      if (hash === newest || held.made === null) continue;
      URL.revokeObjectURL(held.made);
      this.#held.delete(hash);
      total -= held.bytes;
    }
  }
}

// What a person has typed and not yet confirmed: kept by the device key press by key press, so that a kill loses nothing.
import type { Host } from '../host/host';

/** The part of the host a draft needs. */
type Keeper = Pick<Host, 'draft' | 'save_draft'>;

/** One screen's unconfirmed input. */
export class Draft {
  #pending: string | null = null;
  #writing: Promise<void> | null = null;
  #dropped = false;

  constructor(
    private readonly host: Keeper,
    private readonly order: string,
    private readonly step: string,
  ) {}

  /** What was typed before, as `read` understands it; `read` gets undefined when there is nothing. */
  async load<T>(read: (value: unknown) => T): Promise<T> {
    const text = await this.host.draft(this.order, this.step);
    return read(text === null ? undefined : parsed(text));
  }

  /** Keeps the newest value; while one is being written, only the last of those that follow is. */
  save(value: unknown): void {
    if (this.#dropped) return;
    this.#pending = JSON.stringify(value);
    this.#writing ??= this.#write();
  }

  /** The input was confirmed: nothing is left to keep. */
  async drop(): Promise<void> {
    this.#dropped = true;
    this.#pending = null;
    await this.#writing;
    await this.host.save_draft(this.order, this.step, null);
  }

  /** Resolves when everything given to `save` is with the device. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #write(): Promise<void> {
    try {
      while (this.#pending !== null) {
        const value = this.#pending;
        this.#pending = null;
        await this.host.save_draft(this.order, this.step, value);
      }
    } catch {
      // The value stays on the screen; the next key press tries again, and confirming it reports what is wrong.
    } finally {
      this.#writing = null;
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A field of an object of unknown shape. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

/** A text, or the given one. */
export function asText(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise;
}

/** A list, or an empty one. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** An object's texts by name; other values are left out. */
export function asTexts(value: unknown): { [name: string]: string } {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

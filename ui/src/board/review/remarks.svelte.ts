// Remarks being written, kept per order in this window until they are sent or deleted.
import type { Remark } from '../../host/bindings/Remark';
import type { Kept } from '../session.svelte';

/** A remark with a name of its own while it is written. */
export type Draft = { id: number; remark: Remark };

const key = (order: string) => `desk.remarks.${order}`;

/** The remarks of one order. */
export class Remarks {
  drafts = $state.raw<Draft[]>([]);
  /** The one the cursor belongs in. */
  writing = $state<number | null>(null);
  #order: string | null = null;
  #next = 1;

  constructor(private readonly kept: Kept) {}

  /** Shows the drafts of an order. */
  open(order: string): void {
    if (order === this.#order) return;
    this.#order = order;
    this.writing = null;
    this.drafts = read(this.kept.getItem(key(order))).map((remark) => ({ id: this.#next++, remark }));
  }

  /** Starts a remark on the order as a whole, or goes on with the one there is. */
  on_order(): void {
    const there = this.drafts.find((draft) => draft.remark.pin === 'order');
    if (there) this.writing = there.id;
    else this.#add({ pin: 'order', text: '' });
  }

  /** Starts a remark on a step, or goes on with the one there is. */
  on_step(step: string): void {
    const there = this.drafts.find((draft) => draft.remark.pin === 'step' && draft.remark.step === step);
    if (there) this.writing = there.id;
    else this.#add({ pin: 'step', step, text: '' });
  }

  /** Pins a remark at a spot of a photo. Units: thousandths of its width and height. */
  on_photo(step: string, photo: string, x_permille: number, y_permille: number): void {
    const inside = (permille: number) => Math.min(1000, Math.max(0, Math.round(permille)));
    this.#add({ pin: 'photo', step, photo, x_permille: inside(x_permille), y_permille: inside(y_permille), text: '' });
  }

  /** What is typed. */
  write(id: number, text: string): void {
    this.drafts = this.drafts.map((draft) => (draft.id === id ? { ...draft, remark: { ...draft.remark, text } } : draft));
    this.#keep();
  }

  /** The cursor left it: what was never written vanishes. */
  leave(id: number): void {
    if (this.writing === id) this.writing = null;
    if (this.drafts.some((draft) => draft.id === id && draft.remark.text.trim() === '')) this.remove(id);
  }

  /** Deletes it. */
  remove(id: number): void {
    if (this.writing === id) this.writing = null;
    this.drafts = this.drafts.filter((draft) => draft.id !== id);
    this.#keep();
  }

  /** An order's remarks were sent. */
  forget(order: string): void {
    this.kept.removeItem(key(order));
    if (order !== this.#order) return;
    this.drafts = [];
    this.writing = null;
  }

  /** The remarks as they are sent. */
  ready(): Remark[] {
    return this.drafts.map((draft) => ({ ...draft.remark, text: draft.remark.text.trim() }));
  }

  #add(remark: Remark): void {
    const id = this.#next++;
    this.drafts = [...this.drafts.filter((draft) => draft.remark.text.trim() !== ''), { id, remark }];
    this.writing = id;
    this.#keep();
  }

  #keep(): void {
    if (this.#order === null) return;
    const worth = this.drafts.map((draft) => draft.remark).filter((remark) => remark.text.trim() !== '');
    if (worth.length === 0) this.kept.removeItem(key(this.#order));
    else this.kept.setItem(key(this.#order), JSON.stringify(worth));
  }
}

function read(text: string | null): Remark[] {
  if (text === null) return [];
  try {
    const saved: unknown = JSON.parse(text);
    return Array.isArray(saved) ? saved.flatMap((one) => remarkIn(one) ?? []) : [];
  } catch {
    return [];
  }
}

function remarkIn(saved: unknown): Remark | null {
  if (typeof saved !== 'object' || saved === null) return null;
  if (!('text' in saved) || typeof saved.text !== 'string' || !('pin' in saved)) return null;
  const { text } = saved;
  if (saved.pin === 'order') return { pin: 'order', text };
  if (!('step' in saved) || typeof saved.step !== 'string') return null;
  const { step } = saved;
  if (saved.pin === 'step') return { pin: 'step', step, text };
  if (!('photo' in saved) || typeof saved.photo !== 'string') return null;
  if (!('x_permille' in saved) || typeof saved.x_permille !== 'number') return null;
  if (!('y_permille' in saved) || typeof saved.y_permille !== 'number') return null;
  return { pin: 'photo', step, photo: saved.photo, x_permille: saved.x_permille, y_permille: saved.y_permille, text };
}

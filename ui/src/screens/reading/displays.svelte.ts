// What photos of the display say: for each register the piece of the photo that shows it, and the device's word on it.
import type { Host, Problem } from '../../host/host';
import type { DisplaySighting, DisplayVerdict, DisplayView, Register } from '../../host/types';
import type { Quad } from '../../widgets/aim';
import { problemOf } from '../problem';

/** The piece of a photo that shows a register: corners in its pixels, or all of it. */
export type Glance = { register: Register; photo: string; width: number; height: number; frame: Quad | null };

/** A glance and what the device said, beside what was known then. */
type Looked = { glance: Glance; known: string | null; view: DisplayView | null };

/** The displays of a reading step. */
export class Displays {
  /** The newest look; what the compare card shows. */
  shown = $state.raw<Looked | null>(null);
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);
  #looks = $state.raw<{ [register: string]: Looked }>({});
  #asked = 0;

  constructor(
    private readonly host: Host,
    private readonly order: string,
    private readonly step: string,
  ) {}

  /** What is kept with the draft. */
  get glances(): { [register: string]: Glance } {
    return Object.fromEntries(Object.entries(this.#looks).map(([register, { glance }]) => [register, glance]));
  }

  /** Takes up what was kept; the device is asked again by [`judgeAnew`]. */
  restore(glances: { [register: string]: Glance }): void {
    for (const glance of Object.values(glances)) this.#put({ glance, known: null, view: null });
  }

  /** The register that the next photo most likely shows: meters show the total first. */
  next(lines: { register: Register; value: string | null }[]): Register | null {
    const open = lines.filter(({ register }) => this.#looks[register] === undefined);
    return (open[0] ?? lines[0])?.register ?? null;
  }

  /** The registers that are read from a photo. */
  of(photo: string): Register[] {
    return Object.values(this.#looks).flatMap(({ glance }) => (glance.photo === photo ? [glance.register] : []));
  }

  /** Asks the device; the newest question of all counts. */
  async look(glance: Glance, known: string | null): Promise<void> {
    const asked = ++this.#asked;
    this.busy = true;
    this.problem = null;
    this.#put({ glance, known, view: null });
    try {
      const view = await this.#ask(glance, known);
      if (this.#looks[glance.register]?.glance === glance) this.#put({ glance, known, view });
    } catch (error) {
      if (asked === this.#asked) this.problem = problemOf(error);
    } finally {
      if (asked === this.#asked) this.busy = false;
    }
  }

  /** Has every photo judged again beside which something else is known by now. */
  async judgeAnew(known: (register: Register) => string | null): Promise<void> {
    for (const look of Object.values(this.#looks)) {
      const { glance } = look;
      const { register } = glance;
      const now = known(register);
      if (look.view !== null && look.known === now) continue;
      // The card says what it said before; a refusal here is no news to the crew.
      const view = await this.#ask(glance, now).catch(() => null);
      if (view !== null && this.#looks[register] === look) this.#put({ glance, known: now, view }, this.shown === look);
    }
  }

  /** The word on a register beside what is known now; null while there is none. */
  verdict(register: string, known: string | null): DisplayVerdict | null {
    const look = this.#looks[register];
    return look !== undefined && look.view !== null && look.known === known ? look.view.verdict : null;
  }

  /** Forgets what was said of a register. */
  forget(register: string): void {
    this.#looks = Object.fromEntries(Object.entries(this.#looks).filter(([one]) => one !== register));
    if (this.shown?.glance.register === register) this.shown = Object.values(this.#looks)[0] ?? null;
  }

  /** What goes with the record: one sighting a register, and each code once. */
  sightings(): DisplaySighting[] {
    const all = Object.values(this.#looks).flatMap(({ view }) => view?.sightings ?? []);
    const name = (seen: DisplaySighting) => (seen.shows === 'err' ? `err-${String(seen.code)}` : seen.register);
    return all.filter((seen, i) => all.findIndex((other) => name(other) === name(seen)) === i);
  }

  #put(look: Looked, isShown = true): void {
    this.#looks = { ...this.#looks, [look.glance.register]: look };
    if (isShown) this.shown = look;
  }

  #ask({ register, photo, frame }: Glance, known: string | null): Promise<DisplayView> {
    return this.host.read_display({ photo, order: this.order, step: this.step, register, known, frame });
  }
}

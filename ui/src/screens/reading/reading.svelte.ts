// A meter's registers: the photo first, then each value beside the last billed one and beside what the meter itself said.
import { pictureOf } from '../../host/picture';
import type { Check, Photo, Readout, Register, RegisterReading } from '../../host/types';
import { mapped, type Quad } from '../../widgets/aim';
import { agree, saidOf } from '../../format/readout';
import { difference, finishedDecimal } from '../../format/number';
import { StepState } from '../step/step.svelte';
import { Displays, type Glance } from './displays.svelte';
import { kept, type Choice, type Heard } from './kept';

/** One register on the screen. */
export type Line = {
  register: Register;
  before: string | null;
  typed: string;
  infrared: string | null;
  photo: string | null;
  /** Whose value counts; null while sources differ and nobody chose. */
  source: Choice | null;
  /** The value that counts. */
  value: string | null;
  used: string | null;
  /** Sources differ by more than the rule book lets pass. */
  differs: boolean;
};

/** The reading of a step. */
export class ReadingState extends StepState {
  typed = $state<{ [register: string]: string }>({});
  /** Which source was chosen, where one was. */
  chosen = $state<{ [register: string]: Choice }>({});
  /** What the meter itself said, exactly so. */
  readout = $state.raw<Readout | null>(null);
  /** The register the number pad types into. */
  active = $state<Register | null>(null);

  /** What the photos say, each of one register. */
  readonly displays = new Displays(this.host, this.order_id, this.step_id);

  #photo = $state.raw<{ [register: string]: string }>({});
  #heard: Heard | null = null;

  lines = $derived.by((): Line[] =>
    (this.view?.sheet?.rows ?? []).map(({ register, last_billed: before }) => {
      const typed = this.typed[register] ?? '';
      const values = {
        typed: finishedDecimal(typed),
        infrared: saidOf(this.readout, register),
        photo: this.#photo[register] ?? null,
      };
      const known = Object.values(values).filter((value) => value !== null);
      const differs = known.some((one) => known.some((other) => !agree(one, other)));
      const chosen = this.chosen[register];
      const source = chosen !== undefined && values[chosen] !== null ? chosen : differs ? null : 'typed';
      const value = source === null ? null : values[source];
      const { infrared, photo } = values;
      const used = value !== null && before !== null ? difference(value, before) : null;
      return { register, before, typed, infrared, photo, source, value, used, differs };
    }),
  );

  /** Registers whose sources differ and nobody said which counts; the one being typed is let finish. */
  disputes = $derived(
    this.lines.filter(({ source, register, typed }) => source === null && (register !== this.active || this.#isWhole(typed))),
  );

  /** The first register that still has no value. */
  missing = $derived(this.lines.find(({ value, source }) => value === null && source !== null)?.register ?? null);

  /** Registers that one tap fills with what the meter said: empty ones, and those that agree. */
  fillable = $derived(this.lines.filter(({ infrared, source, differs }) => infrared !== null && source === 'typed' && !differs));

  protected override async restore(): Promise<void> {
    const record = this.view?.record;
    await this.draft.load((draft) => {
      const state = kept(draft, record?.record === 'reading' ? record : null);
      this.typed = state.typed;
      this.chosen = state.chosen;
      this.readout = state.readout;
      this.#photo = state.photo;
      this.displays.restore(state.glances);
      this.#heard = state.heard;
      this.takeReasons(state.reasons);
    });
    this.active = this.missing;
    void this.#judgeAnew();
  }

  override keep(): void {
    const { typed, chosen, readout, reasons } = this;
    const { glances } = this.displays;
    this.draft.save({ typed, photo: this.#photo, glances, chosen, readout, reasons, heard: this.#heard });
  }

  /** A value as it is typed. What was chosen and what the device asked about it is asked anew. */
  type(register: Register, value: string): void {
    this.typed[register] = value;
    this.#unchoose([register]);
    this.#askAnew();
    if (this.#isWhole(value)) void this.#judgeAnew();
  }

  /** A photo of the display was taken, through the aim frame or without: what does it show? */
  async taken(picture: Blob, photo: Photo, frame: Quad | null): Promise<void> {
    // The kept photo may be smaller than what the camera saw.
    const seen = frame && (await pictureOf(picture));
    const scale = seen ? photo.width / seen.width : 1;
    const within = frame && mapped(frame, ([x, y]) => [x * scale, y * scale]);
    const register = this.displays.next(this.lines);
    const { hash, width, height } = photo;
    if (register) await this.#look({ register, photo: hash, width, height, frame: within });
  }

  /** The crew says which register the photo in sight shows. */
  async shows(register: Register): Promise<void> {
    const { shown } = this.displays;
    if (shown === null || register === shown.glance.register) return;
    this.#forget(shown.glance.register);
    await this.#look({ ...shown.glance, register });
  }

  /** The crew framed the row anew. */
  async reframe(frame: Quad): Promise<void> {
    const { shown } = this.displays;
    if (shown) await this.#look({ ...shown.glance, frame });
  }

  /** Takes what the photo proposes into a register that has no value; nothing else is ever filled from a photo. */
  take(register: Register): void {
    const line = this.lines.find((one) => one.register === register);
    const said = this.displays.verdict(register, this.#known(register));
    if (line === undefined || line.value !== null || line.typed !== '' || said?.is !== 'proposes') return;
    this.#photo = { ...this.#photo, [register]: said.value };
    this.choose(register, 'photo');
    this.active = this.missing;
  }

  /** What the photo says of a register, beside what is now known of it. */
  says(register: Register): ReturnType<Displays['verdict']> {
    return this.displays.verdict(register, this.#known(register));
  }

  override async withdraw(photo: string): Promise<void> {
    for (const register of this.displays.of(photo)) this.#forget(register);
    await super.withdraw(photo);
  }

  /** Says which source counts for a register. */
  choose(register: Register, source: Choice): void {
    this.chosen[register] = source;
    if (this.active === register) this.active = null;
    this.#askAnew();
    void this.#judgeAnew();
  }

  /** Takes what the meter said wherever nothing else was typed or what was typed agrees. */
  fill(): void {
    for (const { register } of this.fillable) this.chosen[register] = 'infrared';
    this.active = this.missing;
    this.#askAnew();
    void this.#judgeAnew();
  }

  /** The person rather corrects than explains. */
  correct(check: Check): void {
    if (check !== 'sources_agree') {
      this.active = this.lines[0]?.register ?? null;
      return;
    }
    this.#unchoose(this.lines.filter(({ differs }) => differs).map(({ register }) => register));
    this.keep();
  }

  /** On to the next register without a value, or out of the fields. */
  advance(): void {
    this.active = this.missing;
    void this.#judgeAnew();
  }

  /** Has the device check and record the values. */
  async submit(): Promise<boolean> {
    this.active = null;
    if (this.disputes.length > 0) return false;
    await this.#judgeAnew();
    const values = this.lines.flatMap((line) => this.#reading(line));
    const sightings = this.displays.sightings();
    const done = await this.act({
      action: 'read',
      step: this.step_id,
      values,
      readout: this.readout,
      ...(sightings.length > 0 ? { sightings } : {}),
      overrules: this.overrules(),
    });
    if (done) await this.draft.drop();
    return done;
  }

  /** A line as it is recorded: the other sources beside it, but for what the readout itself holds. */
  #reading({ register, value, source, typed, photo }: Line): RegisterReading[] {
    if (value === null || source === null) return [];
    const others = { typed: finishedDecimal(typed), photo };
    const also = (['typed', 'photo'] as const).flatMap((other) => {
      const said = others[other];
      return other === source || said === null ? [] : [{ source: other, value: said }];
    });
    return [{ register, value, source, ...(also.length > 0 ? { also } : {}) }];
  }

  /** What a photo is compared with: what the meter itself said where that counts, else what was typed, else again the meter. */
  #known(register: Register): string | null {
    const said = saidOf(this.readout, register);
    if (said !== null && this.chosen[register] === 'infrared') return said;
    return finishedDecimal(this.typed[register] ?? '') ?? said;
  }

  async #look(glance: Glance): Promise<void> {
    await this.displays.look(glance, this.#known(glance.register));
    this.keep();
  }

  /** Has every photo say again what it says, where something else is known by now. */
  async #judgeAnew(): Promise<void> {
    await this.displays.judgeAnew((register) => this.#known(register));
  }

  /** What a photo said of a register is of no account any more, nor is the value that was taken from it. */
  #forget(register: string): void {
    this.displays.forget(register);
    if (this.chosen[register] === 'photo') this.#unchoose([register]);
    this.#photo = Object.fromEntries(Object.entries(this.#photo).filter(([one]) => one !== register));
    this.keep();
  }

  #unchoose(registers: string[]): void {
    this.chosen = Object.fromEntries(Object.entries(this.chosen).filter(([register]) => !registers.includes(register)));
  }

  #askAnew(): void {
    this.questions = [];
    this.problem = null;
    this.keep();
  }

  /** As many places as the display has: no further digit is to come. */
  #isWhole(typed: string): boolean {
    const places = this.view?.sheet?.digits.decimal ?? 0;
    return places > 0 && (typed.split('.')[1] ?? '').length >= places;
  }
}

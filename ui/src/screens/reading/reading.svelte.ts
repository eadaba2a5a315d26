// A meter's registers: the photo first, then each value beside the last billed one and beside what the meter itself said.
import type { Check, Readout, Register, RegisterReading } from '../../host/types';
import { agree, saidOf } from '../../format/readout';
import { difference, finishedDecimal } from '../../format/number';
import { StepState } from '../step/step.svelte';
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
      this.#heard = state.heard;
      this.takeReasons(state.reasons);
    });
    this.active = this.missing;
  }

  override keep(): void {
    const { typed, chosen, readout, reasons } = this;
    this.draft.save({ typed, chosen, readout, reasons, heard: this.#heard });
  }

  /** A value as it is typed. What was chosen and what the device asked about it is asked anew. */
  type(register: Register, value: string): void {
    this.typed[register] = value;
    this.#unchoose([register]);
    this.#askAnew();
  }

  /** Says which source counts for a register. */
  choose(register: Register, source: Choice): void {
    this.chosen[register] = source;
    if (this.active === register) this.active = null;
    this.#askAnew();
  }

  /** Takes what the meter said wherever nothing else was typed or what was typed agrees. */
  fill(): void {
    for (const { register } of this.fillable) this.chosen[register] = 'infrared';
    this.active = this.missing;
    this.#askAnew();
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
  }

  /** Has the device check and record the values. */
  async submit(): Promise<boolean> {
    this.active = null;
    if (this.disputes.length > 0) return false;
    const values = this.lines.flatMap((line) => this.#reading(line));
    const done = await this.act({
      action: 'read',
      step: this.step_id,
      values,
      readout: this.readout,
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

// A meter's registers: the photo first, then each value beside the last billed one.
import type { Register } from '../../host/types';
import { difference, finishedDecimal } from '../../format/number';
import { asTexts, field } from '../draft';
import { StepState } from '../step/step.svelte';

/** One register on the screen. */
export type Line = { register: Register; before: string | null; typed: string; used: string | null };

/** The reading of a step. */
export class ReadingState extends StepState {
  typed = $state<{ [register: string]: string }>({});
  /** The register the number pad types into. */
  active = $state<Register | null>(null);

  lines = $derived.by((): Line[] =>
    (this.view?.sheet?.rows ?? []).map(({ register, last_billed: before }) => {
      const typed = this.typed[register] ?? '';
      const value = finishedDecimal(typed);
      return { register, before, typed, used: value !== null && before !== null ? difference(value, before) : null };
    }),
  );

  /** The first register that still has no value. */
  missing = $derived(this.lines.find(({ typed }) => finishedDecimal(typed) === null)?.register ?? null);

  protected override async restore(): Promise<void> {
    const record = this.view?.record;
    const recorded =
      record?.record === 'reading'
        ? Object.fromEntries(record.values.map(({ register, value }) => [register, value]))
        : {};
    await this.draft.load((kept) => {
      this.typed = { ...recorded, ...asTexts(field(kept, 'typed')) };
      this.takeReasons(field(kept, 'reasons'));
    });
    this.active = this.missing;
  }

  override keep(): void {
    this.draft.save({ typed: this.typed, reasons: this.reasons });
  }

  /** A value as it is typed. What the device asked about it is asked anew. */
  type(register: Register, value: string): void {
    this.typed[register] = value;
    this.questions = [];
    this.problem = null;
    this.keep();
  }

  /** On to the next register without a value, or out of the fields. */
  advance(): void {
    this.active = this.missing;
  }

  /** Has the device check and record the values. */
  async submit(): Promise<boolean> {
    const values = this.lines.flatMap(({ register, typed }) => {
      const value = finishedDecimal(typed);
      return value === null ? [] : [{ register, value, source: 'typed' as const }];
    });
    const done = await this.act({ action: 'read', step: this.step_id, values, overrules: this.overrules() });
    if (done) await this.draft.drop();
    return done;
  }
}

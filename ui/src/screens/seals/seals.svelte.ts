// Seals taken off and put on: numbers read or typed, each with its place.
import type { SealMark } from '../../host/types';
import { typedCode } from '../../format/code';
import { asList, asText, field } from '../draft';
import { StepState } from '../step/step.svelte';

/** Where a seal sits. */
export const PLACES = ['cover', 'terminals', 'box'] as const;
/** One of them. */
export type SealPlace = (typeof PLACES)[number];
/** Off the meter, or on it. */
export type Side = 'removed' | 'added';

const marks = (kept: unknown): SealMark[] =>
  asList(kept).map((mark) => ({
    seal_no: asText(field(mark, 'seal_no')),
    place: asText(field(mark, 'place'), 'cover'),
  }));

/** The seals of a step. */
export class SealsState extends StepState {
  removed = $state<SealMark[]>([]);
  added = $state<SealMark[]>([]);
  /** What is being typed, not yet on a list. */
  typing = $state<{ [side in Side]: string }>({ removed: '', added: '' });

  /** Seals the records know that are not on the list yet. */
  known = $derived(
    (this.order?.order.dispatch.old_meter?.seals ?? []).filter(
      (seal_no) => !this.removed.some((mark) => mark.seal_no === seal_no),
    ),
  );
  /** New seals still missing. */
  missing = $derived.by(() => {
    const need = this.view?.step.need;
    return need?.need === 'seals' ? Math.max(0, need.add_min - this.added.length) : 0;
  });

  protected override async restore(): Promise<void> {
    const record = this.view?.record;
    if (record?.record === 'seals') {
      this.removed = [...record.removed];
      this.added = [...record.added];
    }
    await this.draft.load((kept) => {
      if (kept === undefined) return;
      this.removed = marks(field(kept, 'removed'));
      this.added = marks(field(kept, 'added'));
      const typing = field(kept, 'typing');
      this.typing = { removed: asText(field(typing, 'removed')), added: asText(field(typing, 'added')) };
      this.takeReasons(field(kept, 'reasons'));
    });
  }

  override keep(): void {
    this.draft.save({ removed: this.removed, added: this.added, typing: this.typing, reasons: this.reasons });
  }

  /** A number as it is typed. */
  type(side: Side, text: string): void {
    this.typing[side] = text;
    this.keep();
  }

  /** Puts a number on a list; blanks and numbers already on it are left out. */
  add(side: Side, text: string): void {
    const seal_no = typedCode(text);
    this.questions = [];
    if (seal_no !== '' && !this[side].some((mark) => mark.seal_no === seal_no))
      this[side].push({ seal_no, place: 'cover' });
    this.typing[side] = '';
    this.keep();
  }

  /** Takes a number off a list. */
  remove(side: Side, seal_no: string): void {
    this[side] = this[side].filter((mark) => mark.seal_no !== seal_no);
    this.questions = [];
    this.keep();
  }

  /** Where a seal sits. */
  place(side: Side, seal_no: string, place: SealPlace): void {
    const mark = this[side].find((one) => one.seal_no === seal_no);
    if (mark) mark.place = place;
    this.keep();
  }

  /** Has the device check and record the lists; a number still in a field counts as entered. */
  async submit(): Promise<boolean> {
    for (const side of ['removed', 'added'] as const)
      if (this.typing[side].trim() !== '') this.add(side, this.typing[side]);
    const done = await this.act({
      action: 'seal',
      step: this.step_id,
      removed: $state.snapshot(this.removed),
      added: $state.snapshot(this.added),
      overrules: this.overrules(),
    });
    if (done) await this.draft.drop();
    return done;
  }
}

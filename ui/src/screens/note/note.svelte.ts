// A remark in words.
import { asText, field } from '../draft';
import { StepState } from '../step/step.svelte';

/** The remark of a step. */
export class NoteState extends StepState {
  text = $state('');

  protected override async restore(): Promise<void> {
    const record = this.view?.record;
    const recorded = record?.record === 'note' ? record.text : '';
    await this.draft.load((kept) => {
      this.text = asText(field(kept, 'text'), recorded);
    });
  }

  override keep(): void {
    this.draft.save({ text: this.text });
  }

  /** The text as it is typed. */
  type(text: string): void {
    this.text = text;
    this.keep();
  }

  /** Has the device record it. */
  async submit(): Promise<boolean> {
    const done = await this.act({ action: 'note', step: this.step_id, text: this.text.trim() });
    if (done) await this.draft.drop();
    return done;
  }
}

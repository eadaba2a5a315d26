// The customer reads the form, then signs; strokes are kept as drawn, and what was shown is named by its hash.
import type { FormView, Strokes } from '../../host/types';
import { isDrawn, type Drawing } from '../../widgets/stroke';
import { asList, asText, field } from '../draft';
import { problemOf } from '../problem';
import { StepState } from '../step/step.svelte';

const EMPTY: Drawing = { width: 0, height: 0, strokes: [] };

/** The strokes as the device keeps them: `[x, y, ms]`. */
export function strokesOf(drawing: Drawing): Strokes {
  return {
    width: drawing.width,
    height: drawing.height,
    strokes: drawing.strokes.map((stroke) => stroke.map(({ x, y, t_ms }) => [x, y, t_ms])),
  };
}

/** A drawing from what was kept; anything unreadable is an empty pad. */
export function drawingOf(kept: unknown): Drawing {
  const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
  const strokes = asList(field(kept, 'strokes')).map((stroke) =>
    asList(stroke).map((point) => {
      const [x, y, t_ms] = asList(point);
      return { x: number(x), y: number(y), t_ms: number(t_ms) };
    }),
  );
  return { width: number(field(kept, 'width')), height: number(field(kept, 'height')), strokes };
}

/** The signature of a step. */
export class SignState extends StepState {
  form = $state.raw<FormView | null>(null);
  drawing = $state.raw<Drawing>(EMPTY);
  signer = $state('');
  /** The form first; the pad has the whole screen. */
  stage = $state<'form' | 'pad'>('form');

  /** Whether there is a signature rather than a slip. */
  drawn = $derived(isDrawn(this.drawing));

  protected override async restore(): Promise<void> {
    this.form = await this.host.form(this.order_id);
    this.signer = this.order?.order.dispatch.account.customer ?? '';
    await this.draft.load((kept) => {
      if (kept === undefined) return;
      this.signer = asText(field(kept, 'signer'), this.signer);
      this.drawing = drawingOf(field(kept, 'drawing'));
      // Strokes belong to the form they were drawn under; another form is signed anew.
      if (asText(field(kept, 'form_hash')) !== this.form?.hash) this.drawing = EMPTY;
      if (this.drawing.strokes.length > 0 || asText(field(kept, 'stage')) === 'pad') this.stage = 'pad';
    });
  }

  override keep(): void {
    this.draft.save({
      signer: this.signer,
      stage: this.stage,
      form_hash: this.form?.hash ?? '',
      drawing: strokesOf(this.drawing),
    });
  }

  /** Who signs. */
  name(signer: string): void {
    this.signer = signer;
    this.keep();
  }

  /** Form or pad. */
  show(stage: 'form' | 'pad'): void {
    this.stage = stage;
    this.problem = null;
    this.keep();
  }

  /** Another stroke, kept at once. */
  draw(drawing: Drawing): void {
    this.drawing = drawing;
    this.keep();
  }

  /** Takes the last stroke off. */
  undo(): void {
    this.draw({ ...this.drawing, strokes: this.drawing.strokes.slice(0, -1) });
  }

  /** An empty pad. */
  wipe(): void {
    this.draw(EMPTY);
  }

  /** Stores the strokes, then has the device take the signature under exactly the form that was shown. */
  async submit(): Promise<boolean> {
    if (!this.form) return false;
    this.busy = true;
    this.problem = null;
    try {
      const strokes = await this.host.save_strokes(strokesOf(this.drawing));
      const done = await this.act({
        action: 'sign',
        step: this.step_id,
        strokes,
        form_hash: this.form.hash,
        signer: this.signer.trim(),
      });
      if (done) await this.draft.drop();
      else await this.#formChanged();
      return done;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** The order changed while the pad was open: the customer sees the new form and signs anew. */
  async #formChanged(): Promise<void> {
    if (this.problem?.error !== 'refused' || this.problem.refusal.code !== 'form_changed') return;
    this.form = await this.host.form(this.order_id);
    this.drawing = EMPTY;
    this.stage = 'form';
    this.keep();
  }
}

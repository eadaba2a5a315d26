// What every step's screen shares: the order as it stands, photos, the answer to a question, leaving when done.
import type { Host, Problem } from '../../host/host';
import type { Action, Check, Finding, OrderView, Overrule, Photo, StepView } from '../../host/types';
import { Draft, asTexts } from '../draft';
import { locate, position } from '../position';
import { problemOf } from '../problem';

/** The step on the screen. */
export class StepState {
  order = $state.raw<OrderView | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  saving = $state(false);
  /** The photo just taken, when something is wrong with it; it is kept unless the crew takes it out. */
  poor = $state.raw<Photo | null>(null);
  /** Checks that ask for a reason, as the device last found them. */
  questions = $state.raw<Finding[]>([]);
  /** Reasons as typed so far. */
  reasons = $state<{ [check: string]: string }>({});
  /** Checks whose reason was confirmed. */
  confirmed = $state<{ [check: string]: boolean }>({});

  readonly draft: Draft;

  constructor(
    protected readonly host: Host,
    readonly order_id: string,
    readonly step_id: string,
  ) {
    this.draft = new Draft(host, order_id, step_id);
  }

  /** The step as the device has it. */
  get view(): StepView | undefined {
    return this.order?.steps.find(({ step }) => step.id === this.step_id);
  }

  /** Whether the photos it asks for are there. */
  get photosDone(): boolean {
    const view = this.view;
    return view !== undefined && view.photos.length >= view.step.photos.min;
  }

  /** What the photos still ask of the crew before the step may be left. */
  get photosAsk(): 'photo.first' | 'photo.decide' | undefined {
    if (!this.photosDone) return 'photo.first';
    return this.poor === null ? undefined : 'photo.decide';
  }

  /** Asks for the order, then for what was typed before. */
  async load(): Promise<void> {
    locate();
    try {
      this.order = await this.host.order(this.order_id);
      await this.restore();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** Takes up the draft; steps with something to type say what. */
  protected async restore(): Promise<void> {
    // Photos alone leave nothing half-done.
  }

  /** Keeps a photo; its thumbnail is there with the answer. Answers with the photo as it is kept, null when it is not. */
  async photo(bytes: Blob): Promise<Photo | null> {
    this.saving = true;
    this.problem = null;
    this.poor = null;
    try {
      const purpose = this.view?.step.photos.purpose ?? 'site';
      const picture = new Uint8Array(await bytes.arrayBuffer());
      const { photo } = await this.host.prepare_photo(picture, purpose, position());
      this.order = await this.host.act(this.order_id, { action: 'take_photo', step: this.step_id, photo });
      if (photo.hints.length > 0) this.poor = photo;
      return photo;
    } catch (error) {
      this.problem = problemOf(error);
      return null;
    } finally {
      this.saving = false;
    }
  }

  /** Takes a photo out of the step. */
  async withdraw(photo: string): Promise<void> {
    this.poor = null;
    await this.act({ action: 'withdraw_photo', step: this.step_id, photo });
  }

  /** The photo is good enough for the crew: nobody can take a better one. */
  keepPoor(): void {
    this.poor = null;
  }

  /** Does it; a question becomes `questions`, any other refusal `problem`. True when it was done. */
  async act(action: Action): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    try {
      this.order = await this.host.act(this.order_id, action);
      this.questions = [];
      return true;
    } catch (error) {
      const problem = problemOf(error);
      const questions = findings(problem);
      if (questions.length > 0) {
        this.questions = questions;
        for (const { check } of questions) this.confirmed[check] = false;
      } else this.problem = problem;
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** Reasons that were confirmed, for the action that is tried again. */
  protected overrules(): Overrule[] {
    const known: Check[] = this.questions.map(({ check }) => check);
    return known
      .filter((check) => this.confirmed[check])
      .map((check) => ({ check, reason: this.reasons[check] ?? '' }));
  }

  /** A reason as it is typed. */
  reason(check: Check, text: string): void {
    this.reasons[check] = text;
    this.keep();
  }

  /** Keeps what was typed; overridden where there is more than reasons. */
  keep(): void {
    this.draft.save({ reasons: this.reasons });
  }

  protected takeReasons(kept: unknown): void {
    this.reasons = asTexts(kept);
  }
}

function findings(problem: Problem): Finding[] {
  return problem.error === 'refused' && problem.refusal.code === 'needs_reason' ? problem.refusal.questions : [];
}

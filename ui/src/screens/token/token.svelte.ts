// A token of the office on its way to the customer: shown, handed over, recorded as such.
import { tokenClass, type TokenClass } from '../../format/token';
import { StepState } from '../step/step.svelte';

/** The token of a step. */
export class TokenState extends StepState {
  /** Its digits, as the office sent them; null while there is none. */
  get token(): string | null {
    return this.order?.order.dispatch.token ?? null;
  }

  /** What it is for; null for digits that are no token. */
  get kind(): TokenClass | null {
    return this.token === null ? null : tokenClass(this.token);
  }

  /** Whether this very token was handed over; the office may have sent another since. */
  get given(): boolean {
    const record = this.view?.record;
    return this.view?.status === 'done' && record?.record === 'token' && record.token === this.token;
  }

  /** Records that the customer has it. */
  async deliver(): Promise<boolean> {
    const { token } = this;
    return token !== null && (await this.act({ action: 'deliver_token', step: this.step_id, token }));
  }
}

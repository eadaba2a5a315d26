// One order: what is asked, what is there, what is next; all of it as the device says.
import type { Host, Problem } from '../../host/host';
import type { Action, ActionKind, OrderView, StepView } from '../../host/types';
import { problemOf } from '../problem';

/** The order on the screen. */
export class OrderState {
  view = $state.raw<OrderView | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);

  constructor(
    private readonly host: Host,
    readonly order_id: string,
  ) {}

  /** Asks for the order as it stands. */
  async load(): Promise<void> {
    try {
      this.view = await this.host.order(this.order_id);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** The step of that id. */
  step(id: string): StepView | undefined {
    return this.view?.steps.find(({ step }) => step.id === id);
  }

  /** The step the device proposes. */
  get next(): StepView | undefined {
    const id = this.view?.next_step;
    return id === null || id === undefined ? undefined : this.step(id);
  }

  /** Whether the device allows it. */
  may(kind: ActionKind): boolean {
    return this.view?.allowed.includes(kind) ?? false;
  }

  /** Does it; the picture is what comes back. True when it was done. */
  async act(action: Action): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    try {
      this.view = await this.host.act(this.order_id, action);
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

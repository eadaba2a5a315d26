// An order that could not be done: why, in a word of the table and in the crew's own.
import type { Host, Problem } from '../../host/host';
import type { OrderView } from '../../host/types';
import { asText, Draft, field } from '../draft';
import { problemOf } from '../problem';

/** The ending of an order undone. */
export class CouldNotState {
  order = $state.raw<OrderView | null>(null);
  reason = $state<string | null>(null);
  remark = $state('');
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  readonly #draft: Draft;

  constructor(
    private readonly host: Host,
    readonly order_id: string,
  ) {
    this.#draft = new Draft(host, order_id, 'could_not');
  }

  /** Asks for the order's table of reasons, then for what was typed before. */
  async load(): Promise<void> {
    try {
      this.order = await this.host.order(this.order_id);
      await this.#draft.load((kept) => {
        this.reason = asText(field(kept, 'reason')) || null;
        this.remark = asText(field(kept, 'remark'));
      });
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** The reason of the table. */
  choose(reason: string): void {
    this.reason = reason;
    this.#keep();
  }

  /** The crew's words. */
  type(remark: string): void {
    this.remark = remark;
    this.#keep();
  }

  /** Has the device end the order. True when it did. */
  async submit(): Promise<boolean> {
    if (this.reason === null) return false;
    this.busy = true;
    this.problem = null;
    try {
      await this.host.act(this.order_id, { action: 'could_not', reason: this.reason, remark: this.remark.trim() });
      await this.#draft.drop();
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    } finally {
      this.busy = false;
    }
  }

  #keep(): void {
    this.#draft.save({ reason: this.reason ?? '', remark: this.remark });
  }
}

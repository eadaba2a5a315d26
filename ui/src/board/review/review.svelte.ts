// One order under review: what is shown, what is being decided, and what came of it.
import type { EventId } from '../../host/bindings/EventId';
import type { LateDecision } from '../../host/bindings/LateDecision';
import { problemOf, type Desk, type DeskProblem, type Review } from '../desk';
import type { Kept } from '../session.svelte';
import { firstPair, shots } from './facts';
import { Remarks } from './remarks.svelte';
import { View } from './view.svelte';

/** What waits for a second press, shown in place. */
export type Sure = { act: 'approve' } | { act: 'return' } | { act: 'late'; events: EventId[]; decision: LateDecision };

/** What was decided, told after the next order is open. */
export type Done = { act: 'approved' | 'returned' | 'late_accept' | 'late_dismiss'; order: string; who: string; n: number };

/** Why a decision cannot be taken now. */
export type Hindrance = { why: 'not_handed_in' } | { why: 'missing'; n: number } | { why: 'no_remark' } | { why: 'blank_remark'; n: number };

/** Which of the two photos. */
export type Side = 'left' | 'right';

/** The review that is open. */
export class ReviewState {
  order = $state<string | null>(null);
  review = $state.raw<Review | null>(null);
  loading = $state(false);
  busy = $state(false);
  problem = $state.raw<DeskProblem | null>(null);
  sure = $state.raw<Sure | null>(null);
  /** A decision was sent and no answer came: whether it was recorded shows when the link is back. */
  unsure = $state<Sure['act'] | null>(null);
  left = $state<string | null>(null);
  right = $state<string | null>(null);
  /** The side that digits choose a photo for. */
  side = $state<Side>('left');
  /** Whether the photos take the whole middle. */
  large = $state(false);
  /** A spot of a photo to bring into view. Units: thousandths of its width and height. */
  spot = $state.raw<{ photo: string; x: number; y: number } | null>(null);
  readonly view = new View();
  readonly remarks: Remarks;
  readonly shots = $derived(this.review ? shots(this.review.order) : []);
  /** Whether the order may be decided on: it was handed in. */
  readonly handed_in = $derived(this.review !== null && ['completed', 'could_not_do'].includes(this.review.order.state.state));
  readonly approve_hindrance = $derived(this.#approveHindrance());
  readonly return_hindrance = $derived(this.#returnHindrance());

  #asked = 0;

  constructor(
    private readonly desk: Desk,
    kept: Kept,
    /** Told of problems that concern the whole page: no link, no session. */
    private readonly heard: (problem: DeskProblem) => void = () => undefined,
    /** Told when a decision was recorded. */
    private readonly decided: (done: Done) => void = () => undefined,
  ) {
    this.remarks = new Remarks(kept);
  }

  /** Opens an order; null closes. */
  async open(order: string | null): Promise<void> {
    this.order = order;
    this.review = null;
    this.problem = null;
    this.sure = null;
    this.unsure = null;
    this.large = false;
    this.side = 'left';
    this.view.reset();
    this.#asked += 1;
    if (order === null) return;
    this.remarks.open(order);
    this.loading = true;
    await this.reload();
  }

  /** Asks again; remarks, photos and zoom stay. A reload nobody asked for says nothing when it fails. */
  async reload(): Promise<void> {
    const { order } = this;
    if (order === null) return;
    const mine = ++this.#asked;
    try {
      const review = await this.desk.review(order);
      if (mine === this.#asked) this.#take(review);
    } catch (error) {
      if (mine === this.#asked) this.#fail(error);
    } finally {
      if (mine === this.#asked) this.loading = false;
    }
  }

  /** Shows photo `no` (from 1) on the chosen side. */
  choose(no: number): void {
    const shot = this.shots.find((one) => one.no === no);
    if (shot) this.show(shot.photo.hash, this.side);
  }

  /** Shows a photo on a side. */
  show(hash: string, side: Side): void {
    this.side = side;
    this[side] = hash;
  }

  /** Brings the spot of a remark into view. */
  show_spot(photo: string, x: number, y: number): void {
    if (this.left !== photo && this.right !== photo) this.show(photo, this.side);
    this.spot = { photo, x, y };
  }

  /** Asks whether to approve or return; says why not when it cannot be. */
  ask(act: 'approve' | 'return'): void {
    this.problem = null;
    if (act === 'approve' && this.approve_hindrance === null) this.sure = { act };
    if (act === 'return') {
      if (this.return_hindrance === null) this.sure = { act };
      else if (this.return_hindrance.why === 'no_remark') this.remarks.on_order();
    }
  }

  /** Asks whether late or refused events are to count. */
  ask_late(events: EventId[], decision: LateDecision): void {
    this.problem = null;
    this.sure = { act: 'late', events, decision };
  }

  /** Takes the question back. */
  cancel(): void {
    this.sure = null;
  }

  /** The second press: sends the decision as of the revision in sight. */
  async confirm(): Promise<void> {
    const { sure, review, order } = this;
    if (sure === null || review === null || order === null || this.busy) return;
    this.busy = true;
    this.problem = null;
    this.#asked += 1;
    const who = review.order.dispatch.account.customer;
    try {
      if (sure.act === 'approve') {
        this.#answer(order, await this.desk.approve(order, review.revision));
        this.decided({ act: 'approved', order, who, n: 0 });
      } else if (sure.act === 'return') {
        const remarks = this.remarks.ready();
        this.#answer(order, await this.desk.send_back(order, review.revision, remarks));
        this.remarks.forget(order);
        this.decided({ act: 'returned', order, who, n: remarks.length });
      } else {
        this.#answer(order, await this.desk.late(order, review.revision, sure.events, sure.decision));
        this.decided({ act: `late_${sure.decision}`, order, who, n: sure.events.length });
      }
    } catch (error) {
      if (this.order === order) await this.#refused(error, sure);
    } finally {
      this.busy = false;
    }
  }

  /** The order's proof bundle. */
  async proof(): Promise<Blob | null> {
    if (this.order === null) return null;
    try {
      return await this.desk.proof(this.order);
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  /** The decision was not recorded: says why, and shows the order as it is now. */
  async #refused(error: unknown, sure: Sure): Promise<void> {
    this.sure = null;
    const problem = problemOf(error);
    this.unsure = problem.code === 'no_link' ? sure.act : null;
    if (problem.code === 'order_moved' || problem.code === 'evidence_missing') await this.reload();
    this.#fail(error);
  }

  #fail(error: unknown): void {
    this.problem = problemOf(error);
    this.heard(this.problem);
  }

  #answer(order: string, review: Review): void {
    if (this.order !== order) return;
    this.sure = null;
    this.#take(review);
  }

  #take(review: Review): void {
    const fresh = this.review === null;
    if (!fresh && this.review?.revision !== review.revision && !this.busy) this.sure = null;
    this.review = review;
    if (this.problem?.code === 'no_link') this.problem = null;
    if (this.unsure === 'return' && this.#isReturned(review)) this.remarks.forget(review.order.dispatch.id);
    this.unsure = null;
    const hashes = shots(review.order).map((shot) => shot.photo.hash);
    const pair = firstPair(review);
    if (fresh || this.left === null || !hashes.includes(this.left)) this.left = pair.left;
    if (fresh || this.right === null || !hashes.includes(this.right)) this.right = pair.right;
  }

  /** Whether the return nobody answered was recorded after all. */
  #isReturned({ order }: Review): boolean {
    const said = (remarks: { text: string }[]) => remarks.map((remark) => remark.text).join('\n');
    return order.state.state === 'returned' && said(order.remarks) === said(this.remarks.ready());
  }

  #approveHindrance(): Hindrance | null {
    if (!this.handed_in) return { why: 'not_handed_in' };
    const { evidence } = this.review ?? { evidence: null };
    return evidence?.complete === 'missing' ? { why: 'missing', n: evidence.missing.length } : null;
  }

  #returnHindrance(): Hindrance | null {
    if (!this.handed_in) return { why: 'not_handed_in' };
    if (this.remarks.drafts.length === 0) return { why: 'no_remark' };
    const blank = this.remarks.drafts.findIndex((draft) => draft.remark.text.trim() === '');
    return blank === -1 ? null : { why: 'blank_remark', n: blank + 1 };
  }
}

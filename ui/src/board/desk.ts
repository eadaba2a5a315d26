// Everything the supervisor's desk asks of the gateway, in one interface.
import type { Anomaly } from '../host/bindings/Anomaly';
import type { Entry } from '../host/bindings/Entry';
import type { EventId } from '../host/bindings/EventId';
import type { LateDecision } from '../host/bindings/LateDecision';
import type { Order } from '../host/bindings/Order';
import type { OrderKind } from '../host/bindings/OrderKind';
import type { Remark } from '../host/bindings/Remark';
import type { ReplaceReason } from '../host/bindings/ReplaceReason';

/** Whether every photo and signature an order refers to lies in the office. */
export type Evidence = 'complete' | 'missing';

/** Where the work of an order stands, by name. */
export type StateName = Order['state']['state'];

/** Who signed in. */
export type Supervisor = { name: string; display_name: string; role: 'supervisor' | 'admin' };

/** A session; the token goes with every later question. */
export type SignedIn = { token: string; supervisor: Supervisor };

/**
 * One order in the list. `photos` counts all its evidence (photos, their thumbnails, signature), `photos_held` what
 * lies in the office; `waiting` counts late and refused events nobody has decided on.
 */
export type QueueRow = {
  order: string;
  customer: string;
  account_no: string;
  address: string;
  kind: OrderKind;
  reason: ReplaceReason | null;
  state: StateName;
  crew: string;
  crew_name: string;
  anomalies: Anomaly[];
  handed_in_at: number | null;
  photos_held: number;
  photos: number;
  evidence: Evidence;
  waiting: number;
};

/** What the list is asked for. An empty `state` asks for orders handed in, any other empty text for all. */
export type QueueAsk = { crew: string; kind: string; state: string; anomaly: string; search: string };

/** How the day stands. */
export type Counts = { to_review: number; anomalous: number; on_the_way: number; done_today: number; total_today: number };

/** The list: orders with anomalies first, then by the time they were handed in. */
export type Queue = { rows: QueueRow[]; crews: { crew: string; crew_name: string }[]; counts: Counts };

/** How far the result has got towards the marketing system; `why` is empty unless it is dead. */
export type Result = { state: 'none' | 'queued' | 'delivered' | 'dead'; why: string };

/** One order with all that a decision needs. `revision` is the last change number of its log. */
export type Review = {
  order: Order;
  entries: Entry[];
  anomalies: Anomaly[];
  evidence: { complete: Evidence; held: string[]; missing: string[] };
  receipts: { push: string; device: string; through_seq: number; given_at: number }[];
  crew_name: string;
  revision: number;
  result: Result;
};

/** A crew's day in numbers. */
export type CrewDay = {
  crew: string;
  crew_name: string;
  assigned: number;
  started: number;
  returned: number;
  handed_in: number;
  approved: number;
  could_not: number;
  recalled: number;
  last_seen: number | null;
};

/** Something that went no further; what a device sent (`event`) stays as evidence and cannot be sent again. */
export type Letter = { id: string; kind: string; order: string | null; why: string; tries: number; at: number };

/** Why a question was not answered or a decision not taken; nothing changed then. */
export type DeskProblem =
  | { code: 'no_link' }
  | { code: 'bad_sign_in' }
  | { code: 'no_session' }
  | { code: 'not_allowed' }
  | { code: 'not_found' }
  | { code: 'order_moved'; state: string }
  | { code: 'evidence_missing'; missing: number }
  | { code: 'disk_full' }
  | { code: 'unavailable' }
  | { code: 'unexpected'; detail: string };

/** Thrown by every call that did not do what was asked. */
export class DeskError extends Error {
  constructor(readonly problem: DeskProblem) {
    super(problem.code);
  }
}

/** What a failed call was about; anything unforeseen keeps only its kind. */
export function problemOf(error: unknown): DeskProblem {
  if (error instanceof DeskError) return error.problem;
  return { code: 'unexpected', detail: error instanceof Error ? error.name : 'unknown' };
}

/** The gateway behind the desk. Every call may throw [`DeskError`]. */
export interface Desk {
  /** Whether the gateway's address must be asked for: the page was not served by one. */
  readonly needs_address: boolean;
  /** Says where the gateway is: `https://gateway.example`. */
  use_address(address: string): void;
  /** Goes on with a session from before a reload; `null` forgets it. */
  use_token(token: string | null): void;
  /** Opens a session with name and password. */
  sign_in(name: string, password: string): Promise<SignedIn>;
  /** The list. */
  queue(ask: QueueAsk): Promise<Queue>;
  /** One order. */
  review(order: string): Promise<Review>;
  /** Approves it as it stood at `revision`. */
  approve(order: string, revision: number): Promise<Review>;
  /** Sends it back to its crew with at least one remark. */
  send_back(order: string, revision: number, remarks: Remark[]): Promise<Review>;
  /** Decides on events that came late or were refused. */
  late(order: string, revision: number, events: EventId[], decision: LateDecision): Promise<Review>;
  /** The day, crew by crew. */
  progress(): Promise<CrewDay[]>;
  /** What the marketing system would not take. */
  letters(): Promise<Letter[]>;
  /** Sends such a thing again. */
  retry_letter(id: string): Promise<void>;
  /** A photo's or signature's bytes, by hash. */
  blob(hash: string): Promise<Blob>;
  /** The order's proof bundle (tar), for the archive. */
  proof(order: string): Promise<Blob>;
}

// Everything the supervisor's desk asks of the gateway, in one interface.
import type { Anomaly } from '../host/bindings/Anomaly';
import type { CardKind } from '../host/bindings/CardKind';
import type { CardOutcome } from '../host/bindings/CardOutcome';
import type { CreditPart } from '../host/bindings/CreditPart';
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

/**
 * How the day stands; `cards_in_doubt` are prepaid cards begun of which nobody knows how they ended, `card_incidents`
 * reports on cards that do not fit and that nobody has settled.
 */
export type Counts = { to_review: number; anomalous: number; on_the_way: number; done_today: number; total_today: number; cards_in_doubt: number; card_incidents: number };

/** The list: orders with anomalies first, then by the time they were handed in. */
export type Queue = { rows: QueueRow[]; crews: { crew: string; crew_name: string }[]; counts: Counts };

/** How far the result has got towards the marketing system; `why` is empty unless it is dead. */
export type Result = { state: 'none' | 'queued' | 'delivered' | 'dead'; why: string };

/**
 * One order with all that a decision needs. `revision` is the last change number of its log; `leaves` and `incidents`
 * are about its prepaid card, the oldest first.
 */
export type Review = {
  order: Order;
  entries: Entry[];
  anomalies: Anomaly[];
  evidence: { complete: Evidence; held: string[]; missing: string[] };
  receipts: { push: string; device: string; through_seq: number; given_at: number }[];
  crew_name: string;
  revision: number;
  result: Result;
  leaves: CardLeave[];
  incidents: CardIncident[];
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

/** Where a leave to write a card stands. While it is leased, burned or in doubt, a card may still come of it. */
export type LeaveState = 'leased' | 'burned' | 'in_doubt' | 'written' | 'not_written' | 'superseded' | 'reissued';

/** What a supervisor did, and why. */
export type Word = { by: string; why: string; at: number };

/** A card that was begun; an `unsound` one is not what its leave allows. Amounts in yuan. */
export type CardBegun = { event_id: EventId; at: number; serial: string; meter_no: string; parts: CreditPart[]; total: string; debt_left: string; soundness: 'sound' | 'unsound' };

/**
 * A leave to write one card, and what became of it. `count` is the purchase it is about; `credit` what it brought onto
 * the card, in yuan; `after` the leave whose place it took under the same count.
 */
export type CardLeave = {
  authorisation: string;
  after: string | null;
  order: string;
  account_no: string;
  kind: CardKind;
  count: number;
  device: string;
  device_name: string;
  operator: string;
  state: LeaveState;
  issued_at: number;
  expires_at: number;
  begun: CardBegun | null;
  ended: ({ event_id: EventId; at: number } & CardOutcome) | null;
  reissued: Word | null;
  credit: string | null;
  asks: number;
  asked_at: number | null;
};

/** Why a report on a card was not taken as it was said. */
export type CardFinding =
  | { finding: 'unknown_leave' }
  | { finding: 'another_device'; leased_to: string }
  | { finding: 'another_order'; leave_for: string }
  | { finding: 'another_person'; leased_to: string }
  | { finding: 'card_not_named'; serial: string }
  | { finding: 'card_used_twice'; serial: string; first: string }
  | { finding: 'beyond_leave'; most: string; found: string }
  | { finding: 'wrong_count'; expected: number; found: number }
  | { finding: 'plan_differs'; refusal?: string }
  | { finding: 'begun_twice'; first: string; serial: string }
  | { finding: 'outside_term'; not_before: number; expires_at: number; at: number }
  | { finding: 'rule_broken'; refusal: string }
  | { finding: 'leave_replaced'; state: LeaveState }
  | { finding: 'end_contradicts'; before: CardOutcome; after: CardOutcome }
  | { finding: 'second_credit'; first: string };

/** A report on a card that does not fit; the leave it names may be one nobody gave. */
export type CardIncident = CardFinding & { no: number; at: number; order: string; authorisation: string; event_id: EventId; device_name: string; settled: Word | null };

/** The office's card ledger as the desk sees it: all live leaves, the newest of the others, and what does not fit. */
export type CardLedger = { leaves: CardLeave[]; incidents: CardIncident[] };

/** Why a question was not answered or a decision not taken; nothing changed then. */
export type DeskProblem =
  | { code: 'no_link' }
  | { code: 'bad_sign_in' }
  | { code: 'no_session' }
  | { code: 'not_allowed' }
  | { code: 'not_found' }
  | { code: 'order_moved'; state: string }
  | { code: 'evidence_missing'; missing: number }
  | { code: 'card_leave_out'; state: string }
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
  /** Leave given to write prepaid cards, and what does not fit. */
  cards(): Promise<CardLedger>;
  /** Takes a leave back, so that another may be given under the same count. */
  reissue(authorisation: string, why: string): Promise<void>;
  /** Writes down what was found about a report that does not fit. */
  settle(incident: number, why: string): Promise<void>;
  /** A photo's or signature's bytes, by hash. */
  blob(hash: string): Promise<Blob>;
  /** The order's proof bundle (tar), for the archive. */
  proof(order: string): Promise<Blob>;
}

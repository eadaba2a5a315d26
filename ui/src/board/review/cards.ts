// An order's prepaid card as the tables of its review: the sum line by line, and who else says what was left.
import type { CardOutcome } from '../../host/bindings/CardOutcome';
import type { CreditPart } from '../../host/bindings/CreditPart';
import type { CreditSource } from '../../host/bindings/CreditSource';
import type { Order } from '../../host/bindings/Order';
import type { Record as Held } from '../../host/bindings/Record';
import type { SignedAuthorisation } from '../../host/bindings/SignedAuthorisation';
import type { Tone } from '../../widgets/tone';

/** What a card step holds. */
export type CardRecord = Extract<Held, { record: 'card' }>;

/** A witness of what was left in the old meter, in yuan; negative is overdrawn. */
export type Said = { source: CreditSource; value: string };

/** One line of the sum; `others` are witnesses beside the one that counted, `differ` when one says something else. */
export type SumLine = { part: CreditPart; others: Said[]; differ: boolean };

/** What a leave to write says, as far as the desk shows it. */
export type Leave = { kind: string; count: number; operator: string; expires_at: number };

/** The cards of an order, each with its step. */
export function cards(order: Order): { step: string; record: CardRecord }[] {
  return order.dispatch.procedure.steps.flatMap(({ id }) => {
    const record = order.work[id];
    return record?.record === 'card' ? [{ step: id, record }] : [];
  });
}

/** The lines of the sum, as they were added up. */
export function sum(record: CardRecord, order: Order): SumLine[] {
  const said = witnesses(record, order);
  return record.plan.parts.map((part) => {
    // The witnesses speak of what was left; that it was overdrawn is said once, in the line of the debt.
    const owes = record.plan.parts.some((one) => one.part === 'debt');
    if (part.part !== (owes ? 'debt' : 'old_credit')) return { part, others: [], differ: false };
    const counted = owes ? `-${part.amount}` : part.amount;
    const others = said.filter(({ source }) => source !== part.source);
    return { part, others, differ: others.some(({ value }) => value !== counted) };
  });
}

function witnesses({ seen }: CardRecord, order: Order): Said[] {
  const back = seen.old_card.state === 'read' && seen.old_card.write_back.state === 'written' ? seen.old_card.write_back : null;
  const office = order.dispatch.card?.meter?.remainder ?? null;
  const all = [...seen.remainders, ...(back ? [{ ...back, source: 'write_back' as const }] : []), ...(office ? [office] : [])];
  return all.map(({ source, money, overdraft }) => ({ source, value: isZero(overdraft) ? money : `-${overdraft}` }));
}

/** Whether an amount is nothing. */
export function isZero(amount: string): boolean {
  return /^-?[0.]*$/.test(amount);
}

/** How a card's outcome looks: only what was read back is proven. */
export function outcomeTone(outcome: CardOutcome): Exclude<Tone, 'plain'> {
  return outcome.outcome === 'written' ? 'ok' : 'warn';
}

/** What a signed leave says; null when it cannot be read. */
export function leaveIn(signed: SignedAuthorisation): Leave | null {
  try {
    const read: unknown = JSON.parse(signed.body);
    if (!isObject(read) || !isObject(read['task'])) return null;
    const { operator, expires_at, task } = read;
    const { kind, count } = task;
    if (typeof kind !== 'string' || typeof count !== 'number' || typeof operator !== 'string' || typeof expires_at !== 'number') return null;
    return { kind, count, operator, expires_at };
  } catch {
    return null;
  }
}

function isObject(read: unknown): read is Record<string, unknown> {
  return typeof read === 'object' && read !== null;
}

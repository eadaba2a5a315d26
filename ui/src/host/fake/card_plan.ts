// What the made-up office wants on the made-up customer's card, and the card that follows; the rules are the device's.
import type { CardMeter } from '../bindings/CardMeter';
import type { MeterErr } from '../bindings/MeterErr';
import type { Order } from '../bindings/Order';
import { saidOf } from '../../format/readout';
import { HostError } from '../host';
import type {
  CardPlan,
  CardRefusal,
  CardTask,
  CreditPart,
  Refusal,
  Remainder,
  ShownRemainder,
  UserCard,
} from '../types';
import { ASSETS, NOW } from './sample';

/** Two pieces of plastic: the customer's, and a blank registered for the crew. */
export const SERIALS = { old: '6f2190a40b7e25d0', blank: '9c410b7e25d06a18', stranger: '1d03c8825b7790ee' } as const;

const CUSTOMER = '004101234567';
const OLD_METER = ASSETS.old.slice(9, 21);
const REFUSED: MeterErr = { cause: 'purchase_count', err_2013: 34, err_2009: 13 };

/** An open-account card for the meter that takes the faulty one's place; 50.00 was bought meanwhile. */
export const TASK: CardTask = {
  kind: 'open_account',
  customer_no: CUSTOMER,
  meter: { meter_no: OLD_METER, card_serial: SERIALS.old, count: 11, remainder: null },
  purchases: [{ count: 12, amount: '50.00', written_on: null }],
  count: 1,
  carried_max: '500.00',
  limit: null,
  alarm_1: '20.00',
  alarm_2: '10.00',
  current_ratio: 1,
  voltage_ratio: 1,
};

/** The customer's card as the old meter left it. */
export function customersCard(): UserCard {
  return {
    ...written(SERIALS.old, OLD_METER, '100.00', 11),
    write_back: {
      state: 'written',
      meter_no: OLD_METER,
      customer_no: CUSTOMER,
      current_ratio: 1,
      voltage_ratio: 1,
      money: '87.65',
      count: 11,
      overdraft: '0.00',
      illegal_inserts: 0,
      written_at: '2608140812',
    },
  };
}

function written(serial: string, meter_no: string, money: string, count: number): UserCard {
  const { alarm_1, alarm_2, current_ratio, voltage_ratio } = TASK;
  const parameters = { update_flags: 0x80, tariff_switch: '0000000000', alarm_1, alarm_2, current_ratio, voltage_ratio };
  return {
    serial,
    user_file: { kind: count > 1 ? 'purchase' : 'open_account', meter_no, customer_no: CUSTOMER, ...parameters },
    purse: { money, count },
    write_back: { state: 'empty' },
  };
}

/** The number of the new meter as its label has it; null before it was scanned. */
export function meterNo(order: Order): string | null {
  const scanned = order.work['new_meter'];
  return scanned?.record === 'scan' ? scanned.asset_no.slice(9, 21) : null;
}

/** What was left in the old meter, the best witness first. */
export function remainders(order: Order, shown: ShownRemainder | null, old: UserCard | null): Remainder[] {
  const reading = order.work['old_reading'];
  const readout = (reading?.record === 'reading' && reading.readout) || null;
  const money = saidOf(readout, 'money_left');
  const back = old?.write_back;
  return [
    ...(money === null ? [] : [{ source: 'readout', money, overdraft: '0.00', count: null } as const]),
    ...(back?.state !== 'written'
      ? []
      : [{ source: 'write_back', money: back.money, overdraft: back.overdraft, count: back.count } as const]),
    ...(shown === null ? [] : [{ source: 'photo', ...shown } as const]),
  ];
}

const fen = (yuan: string) => BigInt(yuan.replace('.', ''));
const yuan = (amount: bigint) => {
  const digits = amount.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** The card for the new meter: all the customer has, once. Refuses as the device would. */
export function planned(order: Order, serial: string, said: Remainder[]): CardPlan {
  const meter_no = meterNo(order);
  const [best] = said;
  if (meter_no === null) return refuse({ code: 'meter_no_unknown' });
  if (best === undefined) return refuse({ code: 'remainder_unknown' });
  const parts: CreditPart[] = [
    { part: 'old_credit', amount: best.money, source: best.source },
    ...TASK.purchases.map(({ count, amount }) => ({ part: 'bought', count, amount, source: 'office' }) as const),
    ...(fen(best.overdraft) > 0n ? [{ part: 'debt', amount: best.overdraft, source: best.source } as const] : []),
  ];
  const sum = parts.reduce((all, { part, amount }) => (part === 'debt' ? all - fen(amount) : all + fen(amount)), 0n);
  const total = yuan(sum > 0n ? sum : 0n);
  const count = sum > 0n ? 1 : 0;
  const meter: CardMeter = {
    meter_no,
    opening: { state: 'opened', customer_no: CUSTOMER, card_serial: serial },
    keys: 'private',
    count,
    balance: total,
    overdraft: '0.00',
    limit: null,
    supply: 'enough',
    current_ratio: 1,
    voltage_ratio: 1,
    illegal_inserts: 0,
    clock: '0000000000',
  };
  return {
    card: written(serial, meter_no, total, count),
    parts,
    total,
    debt_left: yuan(sum < 0n ? -sum : 0n),
    predicted: {
      answer: count > 0 ? { answer: 'credited', amount: total, count } : { answer: 'already_done' },
      meter,
      write_back: null,
    },
  };
}

function refuse(refusal: CardRefusal): never {
  throw new HostError({ error: 'refused', refusal: { code: 'card', refusal } });
}

/** Every reason for which no card is written, with made-up facts. */
export const REFUSALS: { [code in CardRefusal['code']]: Extract<CardRefusal, { code: code }> } = {
  already_opened: { code: 'already_opened' },
  wrong_new_meter: { code: 'wrong_new_meter', expected: '123456789012', found: '123456789021' },
  wrong_customer: { code: 'wrong_customer', expected: CUSTOMER, found: '004101234599' },
  wrong_old_meter: { code: 'wrong_old_meter', expected: OLD_METER, found: '000000000009' },
  remainder_unknown: { code: 'remainder_unknown' },
  remainder_impossible: { code: 'remainder_impossible', source_of: 'photo' },
  purchase_negative: { code: 'purchase_negative', count: 12 },
  count_unknown: { code: 'count_unknown', count: 12 },
  purchase_differs: { code: 'purchase_differs', count: 12, one: '50.00', other: '60.00' },
  purchase_missing: { code: 'purchase_missing', missing: 11 },
  count_contradicts: { code: 'count_contradicts', count: 12 },
  too_much: { code: 'too_much' },
  no_task: { code: 'no_task' },
  no_meter: { code: 'no_meter' },
  meter_no_unknown: { code: 'meter_no_unknown' },
  ground_changed: { code: 'ground_changed' },
  not_authorised: { code: 'not_authorised' },
  authorisation_used: { code: 'authorisation_used' },
  not_theirs: { code: 'not_theirs' },
  not_signed: { code: 'not_signed' },
  not_yet_valid: { code: 'not_yet_valid', from: NOW + 3_600_000 },
  expired: { code: 'expired', at: NOW - 3_600_000 },
  card_not_authorised: { code: 'card_not_authorised', serial: SERIALS.old },
  carried_too_much: { code: 'carried_too_much', most: '50.00', found: '87.65' },
  purchase_unread: { code: 'purchase_unread', count: 11 },
  in_doubt: { code: 'in_doubt' },
  not_begun: { code: 'not_begun' },
  meter_would_refuse: { code: 'meter_would_refuse', err: REFUSED },
  meter_would_not_credit: { code: 'meter_would_not_credit', meter_count: 1 },
};

/** The refusal of that name, or none. */
export function refusalOf(code: string | null): Refusal | null {
  const refusal = Object.values(REFUSALS).find((one) => one.code === code);
  return refusal === undefined ? null : { code: 'card', refusal };
}

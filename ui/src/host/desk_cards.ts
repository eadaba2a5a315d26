// Made-up prepaid cards for the desk's fake: written, in doubt, not written, opened without money.
import type { CardKind } from './bindings/CardKind';
import type { CardMeter } from './bindings/CardMeter';
import type { CardOutcome } from './bindings/CardOutcome';
import type { CardPlan } from './bindings/CardPlan';
import type { CardSeen } from './bindings/CardSeen';
import type { CardTask } from './bindings/CardTask';
import type { CreditPart } from './bindings/CreditPart';
import type { Remainder } from './bindings/Remainder';
import type { UserCard } from './bindings/UserCard';
import type { CardIncident, CardLeave } from '../board/desk';
import type { Sample } from './desk_sample';

/** A card of a sample order: what was left by whose word, what was bought, and what became of it. Amounts in yuan. */
export type CardPlanned = {
  kind: CardKind;
  outcome: 'written' | 'in_doubt' | 'not_written';
  serial: string;
  count: number;
  left?: Remainder[];
  bought?: { count: number; amount: string };
  total: string;
  debt_left?: string;
  /** The customer's old card could be read, and what the old meter wrote on it is the best witness. */
  old_card?: Remainder;
};

const user = (serial: string, kind: CardKind, meter_no: string, customer_no: string, money: string, count: number): UserCard => ({
  serial,
  user_file: { kind, meter_no, customer_no, update_flags: 0x80, tariff_switch: '0000000000', alarm_1: '20.00', alarm_2: '5.00', current_ratio: 1, voltage_ratio: 1 },
  purse: { money, count },
  write_back: { state: 'empty' },
});

function parts(plan: CardPlanned): CreditPart[] {
  const [told] = plan.left ?? [];
  const best = plan.old_card && told?.source !== 'readout' ? plan.old_card : told;
  return [
    ...(best ? [{ part: 'old_credit' as const, amount: best.money, source: best.source }] : []),
    ...(plan.bought ? [{ part: 'bought' as const, ...plan.bought, source: 'office' as const }] : []),
    ...(best && best.overdraft !== '0.00' ? [{ part: 'debt' as const, amount: best.overdraft, source: best.source }] : []),
  ];
}

/** What the order holds of such a card. `meters` are the numbers of the old and the new meter. */
export function written(plan: CardPlanned, customer_no: string, meters: { old: string; now: string }, image: string) {
  const card = user(plan.serial, plan.kind, meters.now, customer_no, plan.total, plan.count);
  const meter: CardMeter = {
    meter_no: meters.now,
    opening: { state: 'opened', customer_no, card_serial: plan.serial },
    keys: 'private',
    count: plan.count,
    balance: plan.total,
    overdraft: '0.00',
    limit: null,
    supply: 'enough',
    current_ratio: 1,
    voltage_ratio: 1,
    illegal_inserts: 0,
    clock: '0000000000',
  };
  const outcome: CardOutcome =
    plan.outcome === 'in_doubt' ? { outcome: 'in_doubt' }
    : plan.outcome === 'written' ? { outcome: 'written', image }
    : { outcome: 'not_written', why: 'card_faulty', image };
  const old = plan.old_card;
  const seen: CardSeen = {
    serial: plan.serial,
    content: null,
    meter_no: meters.now,
    old_card: old
      ? {
          ...user('8f03b1c2d4e5a607', 'purchase', meters.old, customer_no, '0.00', old.count ?? 0),
          write_back: { state: 'written', meter_no: meters.old, customer_no, current_ratio: 1, voltage_ratio: 1, money: old.money, count: old.count ?? 0, overdraft: old.overdraft, illegal_inserts: 0, written_at: '2608090714' },
          state: 'read',
        }
      : { state: 'not_read' },
    remainders: plan.left ?? [],
  };
  const answer = plan.total === '0.00' ? { answer: 'already_done' as const } : { answer: 'credited' as const, amount: plan.total, count: plan.count };
  const what: CardPlan = { card, parts: parts(plan), total: plan.total, debt_left: plan.debt_left ?? '0.00', predicted: { answer, meter, write_back: null } };
  const task: CardTask = {
    kind: plan.kind,
    customer_no,
    meter: plan.kind === 'open_account' && !plan.left && !old ? null : { meter_no: meters.old, card_serial: '8f03b1c2d4e5a607', count: 7, remainder: null },
    purchases: plan.bought ? [{ ...plan.bought, written_on: null }] : [],
    count: Math.max(1, plan.count),
    carried_max: '500.00',
    limit: null,
    alarm_1: '20.00',
    alarm_2: '5.00',
    current_ratio: 1,
    voltage_ratio: 1,
  };
  return { outcome, seen, plan: what, task };
}

const MINUTE = 60_000;
const TABLETS: Record<string, { device: string; device_name: string; operator: string }> = {
  'crew-1': { device: '1c77a0e2-0d1a-4c55-9a43-7f1d54a2c011', device_name: '一班平板 2', operator: '吴师傅' },
  'crew-2': { device: '9c0e4f10-23aa-4b1e-8a55-0c4f9a7d0002', device_name: '二班平板 1', operator: '郭师傅' },
  'crew-3': { device: '5b1f2c7e-0d1a-4c55-9a43-7f1d54a2c001', device_name: '三班平板 1', operator: '周师傅' },
  'crew-4': { device: 'e2b3d9a4-77c1-4c55-9a43-7f1d54a2c040', device_name: '采集班平板', operator: '潘师傅' },
};

/** The leaves behind the cards of the samples, and some of orders that are not on the list. */
export function leaves(samples: Sample[], now: number): CardLeave[] {
  const known = samples.flatMap(({ id, crew, review }): CardLeave[] => {
    const record = review.order.work['card'];
    if (record?.record !== 'card') return [];
    const { plan, outcome, seen } = record;
    const said = (name: string) => review.entries.flatMap((entry) => (entry.from === 'field' && entry.event.event === name ? [{ event_id: entry.event_id, at: entry.at.wall_ms }] : []))[0];
    const [begun, ended] = [said('card_begun'), said('card_ended')];
    const { account_no } = review.order.dispatch.account;
    return [
      leave(crew, { authorisation: record.authorisation, order: id, account_no, kind: plan.card.user_file.kind, count: review.order.dispatch.card?.count ?? 1, state: outcome.outcome, issued_at: now - 280 * MINUTE, expires_at: now + 480 * MINUTE }, {
        begun: begun ? { ...begun, serial: seen.serial, meter_no: seen.meter_no, parts: plan.parts, total: plan.total, debt_left: plan.debt_left, soundness: 'sound' } : null,
        ended: ended ? { ...ended, ...outcome } : null,
        credit: outcome.outcome === 'written' ? plan.total : null,
      }),
    ];
  });
  const event_id = { device: '5b1f2c7e-0d1a-4c55-9a43-7f1d54a2c001', seq: 7 };
  const begun = (serial: string, meter_no: string, left: string, ago: number): CardLeave['begun'] => ({ event_id, at: now - ago * MINUTE, serial, meter_no, parts: [{ part: 'old_credit', amount: left, source: 'readout' }], total: left, debt_left: '0.00', soundness: 'sound' });
  const today = { issued_at: now - 200 * MINUTE, expires_at: now + 480 * MINUTE };
  const first = 'e90b5512-5d10-4b7e-9c21-000000000006';
  return [
    ...known,
    leave('crew-1', { authorisation: '0d9a61e4-5d10-4b7e-9c21-000000000002', order: 'GD-20260814-0077', account_no: '4101235520', kind: 'open_account', count: 1, state: 'burned', ...today }, { begun: begun('6f2133c80a17d4f2', '000000015520', '64.20', 6), asks: 3, asked_at: now - 6 * MINUTE }),
    leave('crew-1', { authorisation: '3be8f05c-5d10-4b7e-9c21-000000000003', order: 'GD-20260814-0081', account_no: '4101239046', kind: 'open_account', count: 1, state: 'leased', ...today }),
    leave('crew-3', { authorisation: '77c1a2d9-5d10-4b7e-9c21-000000000004', order: 'GD-20260814-0082', account_no: '4101231177', kind: 'purchase', count: 23, state: 'leased', ...today }),
    leave('crew-3', { authorisation: 'a4f0337b-5d10-4b7e-9c21-000000000005', order: 'GD-20260813-0064', account_no: '4101238006', kind: 'open_account', count: 1, state: 'written', issued_at: now - 1400 * MINUTE, expires_at: now - 900 * MINUTE }, {
      after: first, begun: begun('6f2133c80a179f11', '000000018006', '412.08', 1300), ended: { event_id, at: now - 1299 * MINUTE, outcome: 'written', image: 'c1d24e98aa01b77f3310' }, credit: '412.08',
    }),
    leave('crew-3', { authorisation: first, order: 'GD-20260813-0064', account_no: '4101238006', kind: 'open_account', count: 1, state: 'reissued', issued_at: now - 1600 * MINUTE, expires_at: now - 1000 * MINUTE }, {
      begun: begun('6f2133c80a179f02', '000000018006', '412.08', 1500), reissued: { by: '陈班长', why: '卡掉进下水道，找不回', at: now - 1420 * MINUTE },
    }),
  ];
}

type Given = Pick<CardLeave, 'authorisation' | 'order' | 'account_no' | 'kind' | 'count' | 'state' | 'issued_at' | 'expires_at'>;

function leave(crew: string, given: Given, then: Partial<CardLeave> = {}): CardLeave {
  const tablet = TABLETS[crew] ?? { device: crew, device_name: '', operator: '' };
  return { after: null, begun: null, ended: null, reissued: null, credit: null, asks: 0, asked_at: null, ...tablet, ...given, ...then };
}

/** What does not fit: money that was to be written a second time, a card begun too late, and one that was looked into. */
export function incidents(all: CardLeave[], now: number): CardIncident[] {
  const back = all.find((one) => one.reissued !== null);
  const late = all.find((one) => one.credit !== null);
  if (!back || !late) return [];
  const about = (one: CardLeave, no: number, ago: number) => ({ no, at: now - ago * MINUTE, order: one.order, authorisation: one.authorisation, event_id: { device: one.device, seq: 40 + no }, device_name: one.device_name, settled: null });
  return [
    { ...about(back, 3, 47), finding: 'second_credit', first: all.find((one) => one.after === back.authorisation)?.authorisation ?? '' },
    { ...about(late, 2, 75), finding: 'outside_term', not_before: now - 900 * MINUTE, expires_at: now - 190 * MINUTE, at: now - 77 * MINUTE },
    { ...about(late, 1, 2000), finding: 'another_person', leased_to: '吴师傅', settled: { by: '陈班长', why: '当天换班，已核对', at: now - 1900 * MINUTE } },
  ];
}

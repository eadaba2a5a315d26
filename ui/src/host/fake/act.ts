// Just enough of the rule book to look at the screens; the real one is the device's.
import { agree, saidOf } from '../../format/readout';
import { isSome } from '../../format/number';
import { HostError } from '../host';
import type { Anomaly } from '../bindings/Anomaly';
import type { Order } from '../bindings/Order';
import type {
  Action,
  ActionKind,
  Evidence,
  Finding,
  FormLine,
  OrderEvent,
  OrderView,
  Refusal,
  Register,
  Step,
  StepStatus,
  StepView,
} from '../types';
import { ASSETS, NOW, SINGLE, type Held } from './sample';

const refuse = (refusal: Refusal): never => {
  throw new HostError({ error: 'refused', refusal });
};

function isDone(order: Order, step: Step): boolean {
  const photos = order.photos[step.id] ?? [];
  if (photos.length < step.photos.min || order.reopened.includes(step.id)) return false;
  const record = order.work[step.id];
  if (record?.record === 'card') return record.outcome.outcome === 'written';
  return step.need.need === 'photos' || record !== undefined;
}

const isOpen = (order: Order) => ['assigned', 'started', 'returned'].includes(order.state.state);

/** The order as a screen sees it. */
export function view({ order, delivery }: Held): OrderView {
  const steps = order.dispatch.procedure.steps;
  const next = isOpen(order)
    ? (steps.find((step) => step.requirement === 'required' && !isDone(order, step)) ?? null)
    : null;
  const status = (step: Step): StepStatus => {
    if (order.reopened.includes(step.id)) return step.id === next?.id ? 'now' : 'reopened';
    if (isDone(order, step)) return 'done';
    if (step.id === next?.id) return 'now';
    return step.requirement === 'optional' ? 'optional' : 'open';
  };
  const allowed: ActionKind[] = isOpen(order)
    ? ['scan', 'take_photo', 'withdraw_photo', 'read', 'seal', 'attach', 'note', 'could_not']
    : order.state.state === 'completed' || order.state.state === 'could_not_do'
      ? ['reopen']
      : [];
  if (isOpen(order) && (next === null || next.need.need === 'signature')) allowed.push('sign');
  if (isOpen(order) && next === null) allowed.push('complete');
  for (const { need } of isOpen(order) ? steps : []) {
    if (need.need === 'card') allowed.push('card');
    if (need.need === 'token') allowed.push('deliver_token');
  }
  return {
    order,
    steps: steps.map((step): StepView => ({
      step,
      status: status(step),
      record: order.work[step.id] ?? null,
      photos: order.photos[step.id] ?? [],
      remarks: order.remarks.filter((remark) => remark.pin !== 'order' && remark.step === step.id),
      sheet: sheet(order, step),
    })),
    next_step: next?.id ?? null,
    allowed,
    delivery,
    waiting: { events: 3, blobs: 2, bytes: 2_480_000 },
    anomalies: anomalies(order),
  };
}

function anomalies(order: Order): Anomaly[] {
  const { steps } = order.dispatch.procedure;
  return steps.flatMap(({ id: step }): Anomaly[] => {
    const record = order.work[step];
    const found = record && 'findings' in record ? record.findings : [];
    const hint = order.photos[step]?.flatMap(({ hints }) => hints)[0];
    const doubt = record?.record === 'card' && record.outcome.outcome === 'in_doubt';
    return [
      ...(doubt ? [{ anomaly: 'card_in_doubt', step } as const] : []),
      ...found.map((finding): Anomaly => ({ anomaly: 'overruled', step, finding })),
      ...(hint === undefined ? [] : [{ anomaly: 'poor_photo', step, hint } as const]),
    ];
  });
}

function sheet(order: Order, { id, need }: Step): StepView['sheet'] {
  if (need.need !== 'reading') return null;
  const old = need.slot === 'old_meter' ? order.dispatch.old_meter : null;
  const model = old?.model ?? order.dispatch.new_meter ?? SINGLE;
  const record = order.work[id];
  const values = record?.record === 'reading' ? record.values : [];
  const scanned = Object.values(order.work).find((one) => one?.record === 'scan' && one.asset_no !== order.dispatch.old_meter?.asset_no);
  const asset_no = old?.asset_no ?? (need.slot === 'new_meter' && scanned?.record === 'scan' ? scanned.asset_no : null);
  const value = (register: Register) => values.find((one) => one.register === register);
  return {
    asset_no,
    address_hint: asset_no?.slice(9, 21) ?? null,
    digits: model.digits,
    rows: model.registers.map((register) => ({
      register,
      last_billed: old?.last_billed.find(([billed]) => billed === register)?.[1] ?? null,
      value: value(register)?.value ?? null,
      source: value(register)?.source ?? null,
    })),
    readout: (record?.record === 'reading' && record.readout) || null,
  };
}

function keep(order: Order, step: string, record: Evidence): void {
  order.work = { ...order.work, [step]: record };
  order.reopened = order.reopened.filter((id) => id !== step);
}

/** Does it, or refuses as the device might. */
export function act(held: Held, action: Action): void {
  const { order } = held;
  if (action.action !== 'reopen' && isOpen(order) && order.state.state === 'assigned')
    order.state = { state: 'started' };
  held.delivery = 'saved_here';
  switch (action.action) {
    case 'scan':
      return scan(order, action);
    case 'take_photo':
      order.photos = { ...order.photos, [action.step]: [...(order.photos[action.step] ?? []), action.photo] };
      return;
    case 'withdraw_photo':
      order.photos = {
        ...order.photos,
        [action.step]: (order.photos[action.step] ?? []).filter(({ hash }) => hash !== action.photo),
      };
      return;
    case 'read':
      return read(order, action);
    case 'seal': {
      const missing = (order.dispatch.old_meter?.seals ?? []).filter(
        (seal_no) => !action.removed.some((mark) => mark.seal_no === seal_no),
      );
      const findings: Finding[] =
        missing.length > 0
          ? [
              {
                check: 'old_seals_recorded',
                register: null,
                expected: missing.join(' '),
                found: action.removed.map(({ seal_no }) => seal_no).join(' '),
                reason: '',
              },
            ]
          : [];
      return keep(order, action.step, {
        record: 'seals',
        removed: action.removed,
        added: action.added,
        findings: settle(findings, action.overrules),
      });
    }
    case 'attach':
      return keep(order, action.step, { record: 'attach', meters: action.meters });
    case 'note':
      return keep(order, action.step, { record: 'note', text: action.text });
    case 'deliver_token':
      if (action.token !== order.dispatch.token) refuse({ code: 'wrong_token' });
      return took(held, { event: 'token_delivered', step: action.step, token: action.token });
    case 'sign':
      return keep(order, action.step, {
        record: 'signature',
        strokes: action.strokes,
        form_hash: action.form_hash,
        signer: action.signer,
      });
    case 'complete':
      order.state = { state: 'completed', at: NOW };
      return;
    case 'could_not':
      order.state = { state: 'could_not_do', reason: action.reason, remark: action.remark, at: NOW };
      return;
    case 'reopen':
      order.state = { state: 'started' };
  }
}

/** Takes a fact that no action makes: what became of the card. */
export function took(held: Held, event: OrderEvent): void {
  const { order } = held;
  if (isOpen(order) && order.state.state === 'assigned') order.state = { state: 'started' };
  held.delivery = 'saved_here';
  if (event.event === 'card_begun') {
    const { authorisation, seen, plan } = event;
    keep(order, event.step, { record: 'card', authorisation, seen, plan, outcome: { outcome: 'in_doubt' } });
  }
  if (event.event === 'card_ended') {
    const record = order.work[event.step];
    if (record?.record === 'card') keep(order, event.step, { ...record, outcome: event.outcome });
  }
  if (event.event === 'token_delivered') keep(order, event.step, { record: 'token', token: event.token });
}

function settle(findings: Finding[], overrules: { check: string; reason: string }[]): Finding[] {
  const settled = findings.map((finding) => ({
    ...finding,
    reason: overrules.find(({ check }) => check === finding.check)?.reason ?? '',
  }));
  const questions = settled.filter(({ reason }) => reason === '');
  return questions.length > 0 ? refuse({ code: 'needs_reason', questions }) : settled;
}

function scan(order: Order, action: Extract<Action, { action: 'scan' }>): void {
  const step = order.dispatch.procedure.steps.find(({ id }) => id === action.step);
  const slot = step?.need.need === 'scan' ? step.need.slot : null;
  const expected = order.dispatch.old_meter?.asset_no;
  if (slot === 'old_meter' && expected && action.asset_no !== expected)
    refuse({ code: 'wrong_asset', expected, found: action.asset_no });
  if (slot === 'new_meter' && action.asset_no === expected)
    refuse({ code: 'old_and_new_swapped', asset_no: action.asset_no });
  const unknown: Finding[] =
    slot === 'new_meter' && action.asset_no !== ASSETS.fresh
      ? [{ check: 'in_custody', register: null, expected: 'crew-3', found: '', reason: '' }]
      : [];
  keep(order, action.step, {
    record: 'scan',
    asset_no: action.asset_no,
    source: action.source,
    image: action.image,
    findings: settle(unknown, action.overrules),
  });
}

function read(order: Order, action: Extract<Action, { action: 'read' }>): void {
  const step = order.dispatch.procedure.steps.find(({ id }) => id === action.step);
  const billed =
    step?.need.need === 'reading' && step.need.slot === 'old_meter'
      ? (order.dispatch.old_meter?.last_billed ?? [])
      : [];
  const findings = billed.flatMap(([register, last]): Finding[] => {
    const value = action.values.find((one) => one.register === register)?.value;
    return value !== undefined && Number(value) < Number(last)
      ? [{ check: 'not_below_last_billed', register, expected: last, found: value, reason: '' }]
      : [];
  });
  for (const { register, value, source, also = [] } of action.values) {
    const said = saidOf(action.readout, register);
    if (source === 'infrared' && said !== value) refuse({ code: 'not_in_readout', register });
    const other = [...also.map((witness) => witness.value), ...(said === null ? [] : [said])].find((one) => !agree(one, value));
    if (other !== undefined)
      findings.push({ check: 'sources_agree', register, expected: other, found: value, reason: '' });
  }
  const readout = action.readout === null ? {} : { readout: action.readout };
  keep(order, action.step, {
    record: 'reading',
    values: action.values,
    ...readout,
    findings: settle(findings, action.overrules),
  });
}

/** The customer's form of an order. */
export function form({ dispatch, work }: Order): FormLine[] {
  const lines: FormLine[] = [
    { field: 'order_no', register: null, value: dispatch.id },
    { field: 'kind', register: null, value: dispatch.kind },
    { field: 'account_no', register: null, value: dispatch.account.account_no },
    { field: 'customer', register: null, value: dispatch.account.customer },
    { field: 'address', register: null, value: dispatch.account.address },
  ];
  for (const { id, need } of dispatch.procedure.steps) {
    const record = work[id];
    if (record?.record === 'scan' && need.need === 'scan')
      lines.push({ field: need.slot, register: null, value: record.asset_no });
    if (record?.record === 'reading' && need.need === 'reading')
      lines.push(
        ...record.values.map(({ register, value }): FormLine => ({
          field: need.slot === 'old_meter' ? 'old_reading' : 'new_reading',
          register,
          value,
        })),
      );
    if (record?.record === 'seals') {
      lines.push(
        ...record.removed.map(({ seal_no }): FormLine => ({ field: 'seal_removed', register: null, value: seal_no })),
      );
      lines.push(
        ...record.added.map(({ seal_no }): FormLine => ({ field: 'seal_added', register: null, value: seal_no })),
      );
    }
    if (record?.record === 'card' && record.outcome.outcome === 'written') {
      const { card, parts, total, debt_left } = record.plan;
      const push = (field: FormLine['field'], value: string) => lines.push({ field, register: null, value });
      push('card_serial', card.serial);
      for (const { part, amount } of parts) push(`card_${part}`, amount);
      push('card_total', total);
      if (isSome(debt_left)) push('card_debt_left', debt_left);
    }
    if (record?.record === 'token') lines.push({ field: 'token', register: null, value: record.token });
    if (record?.record === 'note') lines.push({ field: 'note', register: null, value: record.text });
  }
  return lines;
}

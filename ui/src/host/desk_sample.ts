// Made-up orders for the desk's fake: one of every situation a supervisor meets.
import type { Anomaly } from './bindings/Anomaly';
import type { Dispatch } from './bindings/Dispatch';
import type { DisplaySighting } from './bindings/DisplaySighting';
import type { Entry } from './bindings/Entry';
import type { Finding } from './bindings/Finding';
import type { Form } from './bindings/Form';
import type { Order } from './bindings/Order';
import type { OrderEvent } from './bindings/OrderEvent';
import type { OrderKind } from './bindings/OrderKind';
import type { OrderState } from './bindings/OrderState';
import type { Photo } from './bindings/Photo';
import type { Place } from './bindings/Place';
import type { Purpose } from './bindings/Purpose';
import type { Record as Held } from './bindings/Record';
import type { Readout } from './bindings/Readout';
import type { Register } from './bindings/Register';
import type { RegisterReading } from './bindings/RegisterReading';
import type { Remark } from './bindings/Remark';
import type { Sighting } from './bindings/Sighting';
import type { Step } from './bindings/Step';
import type { Stamp } from './bindings/Stamp';
import type { Review } from '../board/desk';
import { written, type CardPlanned } from './desk_cards';
import { meter, row, sealed, site, terminal, wiring } from './desk_scenes';

/** A sample order and the files behind its hashes. */
export type Sample = { id: string; crew: string; review: Review; files: Map<string, string> };

/** A hash that looks like one and says nothing. */
export function hash(of: string): string {
  let out = '';
  for (let round = 0; out.length < 64; round++) {
    let h = 2166136261 ^ round;
    for (const char of of) h = Math.imul(h ^ (char.codePointAt(0) ?? 0), 16777619) >>> 0;
    out += h.toString(16).padStart(8, '0');
  }
  return out.slice(0, 64);
}

const CREWS: Record<string, string> = { 'crew-1': '装接一班', 'crew-2': '装接二班', 'crew-3': '装接三班', 'crew-4': '采集班' };
export const crews = Object.entries(CREWS).map(([crew, crew_name]) => ({ crew, crew_name }));

function step(id: string, zh: string, en: string, need: Step['need'], purpose: Purpose, min: number, requirement: Step['requirement'] = 'required'): Step {
  return { id, title: { zh, en }, action: { zh, en }, need, photos: { purpose, min }, requirement };
}

const STEPS = {
  site: step('site', '现场全景', 'Site as found', { need: 'photos' }, 'site', 1),
  old_meter: step('old_meter', '核对旧表', 'Check the old meter', { need: 'scan', slot: 'old_meter' }, 'nameplate', 0),
  old_reading: step('old_reading', '旧表示数', "Old meter's reading", { need: 'reading', slot: 'old_meter' }, 'reading', 1),
  new_meter: step('new_meter', '新表绑定户号', 'Bind the new meter', { need: 'scan', slot: 'new_meter' }, 'nameplate', 0),
  new_reading: step('new_reading', '新表示数', "New meter's reading", { need: 'reading', slot: 'new_meter' }, 'reading', 1),
  wiring: step('wiring', '接线', 'Wiring', { need: 'photos' }, 'wiring', 1),
  seals: step('seals', '封印', 'Seals', { need: 'seals', add_min: 1 }, 'seal', 1),
  old_terminal: step('old_terminal', '核对旧终端', 'Check the old terminal', { need: 'scan', slot: 'old_terminal' }, 'terminal', 0),
  new_terminal: step('new_terminal', '新终端', 'New terminal', { need: 'scan', slot: 'new_terminal' }, 'terminal', 1),
  attach: step('attach', '重新挂接', 'Attach again', { need: 'attach' }, 'terminal', 1),
  card: step('card', '购电卡', 'Prepaid card', { need: 'card' }, 'site', 0),
  token: step('token', '购电代码', 'Token', { need: 'token' }, 'site', 0),
  note: step('note', '备注', 'Remark', { need: 'note' }, 'site', 0, 'optional'),
  signature: step('signature', '客户签名', "Customer's signature", { need: 'signature' }, 'site', 0),
};

const PROCEDURE: Record<OrderKind, (keyof typeof STEPS)[]> = {
  install: ['site', 'new_meter', 'new_reading', 'wiring', 'seals', 'note', 'signature'],
  replace: ['site', 'old_meter', 'old_reading', 'new_meter', 'new_reading', 'seals', 'note', 'signature'],
  remove: ['site', 'old_meter', 'old_reading', 'seals', 'note', 'signature'],
  attach_terminal: ['new_terminal', 'attach', 'wiring', 'note'],
  replace_terminal: ['old_terminal', 'new_terminal', 'attach', 'note'],
  detach_terminal: ['old_terminal', 'attach', 'note'],
  card: ['signature'],
};

/** The steps of an order; card and token come before the remark and the signature. */
function stepsOf({ kind, card, token }: Plan): Step[] {
  const ids = PROCEDURE[kind];
  const end = ids.findIndex((id) => id === 'note' || id === 'signature');
  const money: (keyof typeof STEPS)[] = [...(card ? ['card' as const] : []), ...(token ? ['token' as const] : [])];
  return [...ids.slice(0, end), ...money, ...ids.slice(end)].map((id) => STEPS[id]);
}

/** How a sample differs from an order where everything fits. */
export type Plan = {
  id: string;
  customer: string;
  kind: OrderKind;
  reason?: 'fault' | 'rotation';
  crew: string;
  account_no: string;
  address: string;
  at: [number, number];
  last?: string[];
  now?: string[];
  /** What the old meter itself said, where it was asked; it counts then, and `now` is what was typed. */
  said?: string[];
  /** What programs saw of the old meter: a hard label and its display with a code; or a display behind glare. */
  seen?: 'well' | 'badly';
  findings?: Record<string, Finding[]>;
  seals?: 'legible' | 'smeared';
  flaw?: 'glare' | 'blurred';
  away_m?: number;
  typed?: boolean;
  missing?: number;
  state?: OrderState['state'];
  anomalies?: Anomaly[];
  late?: boolean;
  remark?: string;
  note?: string;
  earlier?: Remark[];
  clock?: 'unknown' | 'doubtful';
  result?: Review['result'];
  card?: CardPlanned;
  /** An STS token to be handed over. */
  token?: string;
  could_not?: { reason: string; remark: string };
};

const REGISTERS: Register[] = ['forward_total', 'forward_t2', 'forward_t3', 'forward_t4'];
const HOME: Place = { lat_e7: 305_412_300, lon_e7: 1_143_057_800, accuracy_m: 0 };
const DEVICE = '5b1f2c7e-0d1a-4c55-9a43-7f1d54a2c001';

/** What a meter says whose clock is slow and whose battery is weak. */
function spoken(comm_address: string, said: string[], at: number): Readout {
  // Local time, as meters keep it.
  const local = new Date(at - 4 * 60_000 - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  return {
    protocol: 'dlt645',
    comm_address,
    items: [
      ...REGISTERS.map((item, i) => ({ item, status: 'read' as const, value: { kind: 'quantity' as const, value: said[i] ?? '0.00' } })),
      { item: 'clock', status: 'read', value: { kind: 'clock', value: local } },
      { item: 'status_1', status: 'read', value: { kind: 'status', value: { word: 4, set: ['clock_battery_low'] } } },
    ],
    wire_ms: 9_400,
  };
}

/** Builds the sample of a plan on the day that begins at `day` (ms). */
export function sample(plan: Plan, day: number): Sample {
  const files = new Map<string, string>();
  const start = day + plan.at[0] * 3_600_000 + plan.at[1] * 60_000;
  const home: Place = { ...HOME, lat_e7: HOME.lat_e7 + Number(plan.account_no.slice(-2)) * 900, lon_e7: HOME.lon_e7 + Number(plan.account_no.slice(-3)) * 300 };
  const steps = stepsOf(plan);
  const serial = plan.account_no.slice(-6);
  const old_no = `4130001000000${serial}513`.padEnd(22, '3');
  const new_no = `4130001000001${serial}601`.padEnd(22, '7');
  const term_no = `4190002000000${serial}44`.padEnd(22, '1');
  let minute = 0;
  let seq = 0;
  let change = 100;
  const entries: Entry[] = [];
  const stamp = (): Stamp => ({
    wall_ms: start + minute * 60_000,
    boot_ms: 4_000_000 + minute * 60_000,
    boot_id: '00000000-0000-4000-8000-000000000001',
    offset_ms: plan.clock === 'unknown' ? null : 0,
    uncertainty_ms: plan.clock === 'unknown' ? null : plan.clock === 'doubtful' ? 1_500_000 : 800,
  });
  const field = (event: OrderEvent, took = 3) => {
    minute += took;
    seq += 1;
    change += 1;
    entries.push({ change, from: 'field', event_id: { device: DEVICE, seq }, operator: '周师傅', crew: plan.crew, at: stamp(), verdict: { verdict: 'accepted' }, event });
  };
  const photos: Order['photos'] = {};
  const photo = (id: string, what: string, purpose: Purpose, body: string, dy: number, hints: string[] = []) => {
    const name = hash(`${plan.id}/${what}`);
    const thumb = hash(`${plan.id}/${what}/small`);
    files.set(name, body);
    files.set(thumb, body);
    const away = plan.away_m ?? 14;
    const place: Place = { lat_e7: home.lat_e7 + Math.round((away * 0.8 + dy) * 89.9), lon_e7: home.lon_e7 + Math.round((away * 0.6 - dy) * 104), accuracy_m: 6 + dy };
    const taken: Photo = { hash: name, thumbnail: thumb, purpose, size_bytes: 812_000, width: 1600, height: 1200, place: dy === 9 ? null : place, hints, likeness: name.slice(0, 16) };
    (photos[id] ??= []).push(taken);
    field({ event: 'photo_taken', step: id, photo: taken }, 1);
  };
  const saw = (of: string, text: string, confidence: number, by: Sighting['by'], body: string): Sighting => {
    const crop = hash(`${plan.id}/${of}/${text}`);
    files.set(crop, body);
    return { image: hash(`${plan.id}/${of}`), crop, text, confidence, by, program: '0.1.0', corners: [[545, 265], [1055, 265], [1055, 465], [545, 465]], may_train: false, ...(by === 'soft' ? { proof: 'crew' as const } : {}) };
  };
  const displays = (value: string): DisplaySighting[] => {
    if (plan.seen === undefined) return [];
    const register = 'forward_total' as const;
    if (plan.seen === 'badly') return [{ shows: 'register', register, read: null, sighting: saw('old_reading', '16480', 412, 'display_net', row(value, 'glare')) }];
    return [
      { shows: 'register', register, read: value, sighting: saw('old_reading', value, 978, 'display_net', row(value, 'digits')) },
      { shows: 'err', code: 8, sighting: saw('old_reading', 'Err-08', 961, 'display_net', row('Err-08', 'digits')) },
    ];
  };
  const work: Order['work'] = {};
  const keep = (id: string, record: Held) => (work[id] = record);
  const findings = (id: string) => plan.findings?.[id] ?? [];

  const now_no = plan.kind === 'card' ? old_no : new_no;
  const card = plan.card && written(plan.card, `00${plan.account_no}`, { old: old_no.slice(9, 21), now: now_no.slice(9, 21) }, hash(`${plan.id}/card`));
  const dispatch: Dispatch = {
    id: plan.id,
    revision: 1,
    kind: plan.kind,
    reason: plan.reason ?? null,
    account: { account_no: plan.account_no, customer: plan.customer, address: plan.address, phone: '13812342210', point_no: `P${serial}`, area: '青石 2 号台区', meter_box: `3 号箱 ${String(Number(serial) % 9)} 位`, place: home },
    old_meter: plan.kind === 'install' ? null : {
      asset_no: old_no,
      model: { wiring: 'single_phase', prepaid: true, digits: { integer: 6, decimal: 2 }, registers: REGISTERS },
      last_billed: REGISTERS.map((register, i) => [register, plan.last?.[i] ?? '0.00']),
      seals: ['00172991'],
    },
    new_meter: { wiring: 'single_phase', prepaid: true, digits: { integer: 6, decimal: 2 }, registers: REGISTERS },
    old_terminal: plan.kind.endsWith('terminal') ? term_no : null,
    terminal_meters: [old_no, new_no],
    ...(card ? { card: card.task } : {}),
    ...(plan.token ? { token: plan.token } : {}),
    appointment: { from: start - 600_000, to: start + 3_600_000 },
    crew: plan.crew,
    procedure: {
      id: `built-in/${plan.kind}`,
      version: 1,
      kind: plan.kind,
      steps,
      could_not: [
        { code: 'no_access', title: { zh: '无人在家或不能进入', en: 'no access' } },
        { code: 'burnt_terminals', title: { zh: '端子烧损', en: 'burnt terminals' } },
        { code: 'card_not_written', title: { zh: '电卡没写成', en: 'card not written' } },
      ],
    },
    remark: plan.remark ?? '',
  };
  entries.push({ change, from: 'office', at: day + 7 * 3_600_000, by: 'marketing', event: { office: 'dispatched', dispatch } });
  const authorisation = `${hash(`${plan.id}/leave`).slice(0, 8)}-5d10-4b7e-9c21-${hash(plan.id).slice(0, 12)}`;
  if (plan.card && card) {
    const leave = { id: authorisation, order: plan.id, account_no: plan.account_no, task: card.task, cards: [plan.card.serial], device: DEVICE, operator: '周师傅', not_before: start - 3_600_000, expires_at: day + 20 * 3_600_000, key_version: 3 };
    entries.push({ change, from: 'office', at: start - 3_600_000, by: 'gateway', event: { office: 'card_authorised', authorisation: { body: JSON.stringify(leave), signature: '' } } });
  }
  field({ event: 'started' }, 0);

  const undone = plan.state === 'could_not_do' && !plan.could_not;
  const open = plan.state === 'started';
  const source = plan.typed ? 'typed_twice' : 'camera';
  for (const { id } of steps) {
    if ((undone || open) && !['site', 'old_meter', 'wiring', 'old_terminal'].includes(id)) continue;
    if (id === 'site') photo(id, 'site', 'site', site(plan.address.slice(-6), plan.flaw === 'glare' ? 'day' : 'day'), 4);
    if (id === 'old_meter' || id === 'new_meter' || id === 'old_terminal' || id === 'new_terminal') {
      const asset_no = id === 'old_meter' ? old_no : id === 'new_meter' ? new_no : id === 'old_terminal' ? term_no : `${term_no.slice(0, 20)}58`;
      const by = id === 'new_meter' ? source : 'camera';
      const seen = id === 'old_meter' && plan.seen === 'well' ? { sighting: saw(id, asset_no, 934, 'soft', row(asset_no, 'bars')) } : {};
      keep(id, { record: 'scan', asset_no, source: by, image: null, ...seen, findings: findings(id) });
      field({ event: 'scanned', step: id, asset_no, source: by, image: null, ...seen, findings: findings(id) });
      if (id === 'new_terminal') photo(id, 'terminal', 'terminal', terminal(asset_no), 2);
    }
    if (id === 'old_reading' || id === 'new_reading') {
      const given = id === 'old_reading' ? (plan.now ?? []) : ['0.00', '0.00', '0.00', '0.00'];
      const said = id === 'old_reading' ? plan.said : undefined;
      const values = REGISTERS.map((register, i): RegisterReading => {
        const typed = given[i] ?? '0.00';
        const infrared = said?.[i];
        return infrared === undefined ? { register, value: typed, source: 'typed' } : { register, value: infrared, source: 'infrared', also: [{ source: 'typed', value: typed }] };
      });
      const readout = said ? { readout: spoken(old_no.slice(9, 21), said, start + minute * 60_000) } : {};
      photo(id, id, 'reading', meter(id === 'old_reading' ? old_no : new_no, values[0]?.value ?? '', 'kWh', id === 'old_reading' ? (plan.flaw ?? 'none') : 'none'), 2, id === 'old_reading' && plan.flaw ? [plan.flaw] : []);
      const sightings = id === 'old_reading' ? displays(values[0]?.value ?? '') : [];
      const seen = sightings.length > 0 ? { sightings } : {};
      keep(id, { record: 'reading', values, ...readout, ...seen, findings: findings(id) });
      field({ event: 'reading_taken', step: id, values, ...readout, ...seen, findings: findings(id) });
    }
    if (id === 'wiring') photo(id, 'wiring', undone ? 'fault' : 'wiring', wiring(undone ? 'burnt' : 'clean'), 9);
    if (id === 'seals') {
      photo(id, 'seal1', 'seal', sealed('0017 3342', plan.seals ?? 'legible'), 1);
      photo(id, 'seal2', 'seal', sealed('0017 3343', 'legible'), 3);
      const removed = findings(id).length > 0 ? [] : plan.kind === 'install' ? [] : [{ seal_no: '00172991', place: 'terminals' }];
      const added = [{ seal_no: '00173342', place: 'cover' }, { seal_no: '00173343', place: 'terminals' }];
      keep(id, { record: 'seals', removed, added, findings: findings(id) });
      field({ event: 'seals_recorded', step: id, removed, added, findings: findings(id) });
    }
    if (id === 'attach') {
      const meters = [1, 2, 3].map((n) => ({ asset_no: `41300010000002${serial}0${String(n)}`, comm_address: `0000${serial}0${String(n)}`, measuring_point: n, answered: n === 3 ? ('no' as const) : ('yes' as const) }));
      photo(id, 'attach', 'terminal', terminal(term_no), 3);
      keep(id, { record: 'attach', meters });
      field({ event: 'meters_attached', step: id, meters });
    }
    if (id === 'card' && card) {
      const { seen, plan: planned, outcome } = card;
      keep(id, { record: 'card', authorisation, seen, plan: planned, outcome });
      field({ event: 'card_begun', step: id, authorisation, seen, plan: planned }, 4);
      if (outcome.outcome !== 'in_doubt') field({ event: 'card_ended', step: id, authorisation, outcome }, 1);
      if (outcome.outcome !== 'written') break;
    }
    if (id === 'token' && plan.token) {
      keep(id, { record: 'token', token: plan.token });
      field({ event: 'token_delivered', step: id, token: plan.token });
    }
    if (id === 'note' && plan.note) {
      keep(id, { record: 'note', text: plan.note });
      field({ event: 'noted', step: id, text: plan.note });
    }
    if (id === 'signature') {
      const strokes = hash(`${plan.id}/strokes`);
      files.set(strokes, JSON.stringify(STROKES));
      const form: Form = {
        lines: [
          { field: 'order_no', register: null, value: plan.id },
          { field: 'kind', register: null, value: plan.kind },
          { field: 'account_no', register: null, value: plan.account_no },
          { field: 'customer', register: null, value: plan.customer },
          { field: 'address', register: null, value: plan.address },
          ...(plan.kind === 'install' ? [] : [{ field: 'old_meter' as const, register: null, value: old_no }, { field: 'old_reading' as const, register: 'forward_total' as const, value: plan.now?.[0] ?? '' }]),
          ...(plan.kind === 'remove' ? [] : [{ field: 'new_meter' as const, register: null, value: new_no }, { field: 'new_reading' as const, register: 'forward_total' as const, value: '0.00' }]),
          { field: 'seal_added', register: null, value: '00173342' },
          { field: 'seal_added', register: null, value: '00173343' },
        ],
      };
      const form_hash = hash(`${plan.id}/form`);
      keep(id, { record: 'signature', strokes, form_hash, signer: plan.customer });
      field({ event: 'signed', step: id, strokes, form, form_hash, signer: plan.customer });
    }
  }
  const ended = start + (minute + 2) * 60_000;
  const could_not = plan.could_not ?? { reason: 'burnt_terminals', remark: '端子烧熔，需先处理进线再换表' };
  const state: OrderState =
    plan.state === 'could_not_do' ? { state: 'could_not_do', ...could_not, at: ended }
    : plan.state === undefined || plan.state === 'completed' ? { state: 'completed', at: ended }
    : plan.state === 'approved' ? { state: 'approved', outcome: { outcome: 'done' } }
    : plan.state === 'recalled' ? { state: 'recalled', reason: '用户撤回申请' }
    : { state: plan.state };
  if (plan.state === 'could_not_do') field({ event: 'could_not_do', ...could_not });
  else if (!open) field({ event: 'completed' }, 2);
  if (plan.state === 'approved') entries.push({ change: ++change, from: 'office', at: ended + 1_800_000, by: '陈班长', event: { office: 'approved' } });
  if (plan.earlier) entries.splice(2, 0, { change: 103, from: 'office', at: start + 40_000, by: '陈班长', event: { office: 'returned', remarks: plan.earlier } });

  const attention: Order['attention'] = [];
  if (plan.late) {
    const late = { step: 'seals', removed: [], added: [{ seal_no: '00173377', place: 'box' }], findings: [] };
    const one: OrderEvent = { event: 'seals_recorded', ...late };
    const two: OrderEvent = { event: 'noted', step: 'note', text: '二班补记：箱门另加一枚封印' };
    for (const [i, event] of [one, two].entries()) {
      const id = { device: '9c0e4f10-23aa-4b1e-8a55-0c4f9a7d0002', seq: 41 + i };
      const verdict = i === 0 ? { verdict: 'late' as const, refusal: null } : { verdict: 'refused' as const, refusal: { code: 'wrong_state' as const, state: 'completed' } };
      attention.push({ event_id: id, verdict, event, at: ended + (i + 1) * 240_000, decided: null });
      entries.push({ change: ++change, from: 'field', event_id: id, operator: '吴师傅', crew: 'crew-2', at: { ...stamp(), wall_ms: ended + (i + 1) * 240_000 }, verdict, event });
    }
  }
  const manifest = [...files.keys()];
  const missing = manifest.slice(manifest.length - (plan.missing ?? 0));
  const order: Order = { dispatch, state, work, photos, reopened: [], remarks: plan.earlier ?? [], attention, manifest, accepted_by_marketing: false };
  const held = manifest.filter((name) => !missing.includes(name));
  return {
    id: plan.id,
    crew: plan.crew,
    files,
    review: {
      order,
      entries,
      anomalies: plan.anomalies ?? [],
      evidence: { complete: missing.length === 0 ? 'complete' : 'missing', held, missing },
      receipts: open ? [] : [{ push: hash(plan.id).slice(0, 8), device: DEVICE, through_seq: seq, given_at: ended + 600_000 }],
      crew_name: CREWS[plan.crew] ?? plan.crew,
      revision: change,
      result: plan.result ?? { state: 'none', why: '' },
      leaves: [],
      incidents: [],
    },
  };
}

const STROKES = {
  width: 900,
  height: 300,
  strokes: [
    [[120, 90, 0], [180, 84, 30], [260, 80, 60]],
    [[190, 40, 200], [186, 120, 240], [150, 220, 300], [100, 262, 340]],
    [[196, 150, 420], [250, 200, 470], [300, 250, 520]],
    [[390, 60, 700], [380, 140, 740], [350, 240, 800]],
    [[360, 110, 900], [450, 96, 960], [470, 100, 980]],
    [[470, 100, 990], [440, 180, 1040], [400, 256, 1100]],
    [[560, 80, 1300], [640, 74, 1350], [700, 70, 1380]],
    [[630, 40, 1500], [628, 160, 1560], [620, 262, 1640], [590, 240, 1670]],
    [[560, 160, 1800], [600, 140, 1840], [720, 150, 1900], [790, 210, 1990], [820, 250, 2040]],
  ],
};

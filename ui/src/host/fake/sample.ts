// A made-up day of a made-up crew: no person, place or number in it is real.
import type { Dispatch } from '../bindings/Dispatch';
import type { Order } from '../bindings/Order';
import type {
  CabinetItem,
  Delivery,
  Evidence,
  MeterModel,
  OrderKind,
  Photo,
  Purpose,
  Register,
  ReplaceReason,
} from '../types';
import { procedure } from './procedure';

/** The made-up now: half past nine of the day the drawings show. */
export const NOW = new Date(2026, 7, 14, 9, 42).getTime();
const at = (hour: number, minute: number) => new Date(2026, 7, 14, hour, minute).getTime();

const REGISTERS: Register[] = ['forward_total', 'forward_t2', 'forward_t4', 'money_left'];
/** A one-phase prepaid meter. */
export const SINGLE: MeterModel = {
  wiring: 'single_phase',
  prepaid: true,
  digits: { integer: 6, decimal: 2 },
  registers: REGISTERS,
};
const THREE: MeterModel = {
  wiring: 'three_phase_four_wire',
  prepaid: false,
  digits: { integer: 6, decimal: 2 },
  registers: ['forward_total', 'forward_t1', 'forward_t2', 'forward_t3', 'forward_t4', 'reverse_total'],
};

/** Asset numbers whose check digit is right and which belong to nothing. */
export const ASSETS = {
  old: '4130001000000000000012',
  fresh: '3330001001234567890124',
  other: '1100001000000000000010',
  terminal: '4130009000000000000018',
} as const;

/** One order with how far its news has got. */
export type Held = { order: Order; delivery: Delivery | null };

type Draft = {
  id: string;
  kind: OrderKind;
  reason?: ReplaceReason;
  customer: string;
  address: string;
  account_no: string;
  time: [number, number] | null;
  box?: string;
  model?: MeterModel;
  remark?: string;
  phone?: string;
  meters?: string[];
};

/** A photo of the made-up day. */
export function photo(hash: string, purpose: Purpose, hints: string[] = []): Photo {
  return {
    hash,
    thumbnail: hash,
    purpose,
    size_bytes: 1_240_000,
    width: 4032,
    height: 3024,
    place: { lat_e7: 347_710_000, lon_e7: 1_136_720_000, accuracy_m: 12 },
    hints,
    likeness: '0f0f3c3c5a5a9696',
  };
}

function order(draft: Draft): Order {
  const model = draft.model ?? SINGLE;
  const hasOld = draft.kind === 'replace' || draft.kind === 'remove';
  const dispatch: Dispatch = {
    id: draft.id,
    revision: 1,
    kind: draft.kind,
    reason: draft.reason ?? null,
    account: {
      account_no: draft.account_no,
      customer: draft.customer,
      address: draft.address,
      phone: draft.phone ?? '13800002210',
      point_no: `${draft.account_no}01`,
      area: '柳河 02',
      meter_box: draft.box ?? 'L-0317 第 2 位',
      place: { lat_e7: 347_710_000, lon_e7: 1_136_720_000, accuracy_m: 0 },
    },
    old_meter: hasOld
      ? {
          asset_no: ASSETS.old,
          model,
          last_billed: [
            ['forward_total', '12101.20'],
            ['forward_t2', '4010.02'],
            ['forward_t4', '8091.18'],
          ],
          seals: ['00171101'],
        }
      : null,
    new_meter: draft.kind === 'install' || draft.kind === 'replace' ? model : null,
    old_terminal: draft.kind === 'replace_terminal' ? ASSETS.terminal : null,
    terminal_meters: draft.meters ?? [],
    appointment: draft.time ? { from: at(...draft.time), to: at(draft.time[0] + 1, draft.time[1]) } : null,
    crew: 'crew-3',
    procedure: procedure(draft.kind),
    remark: draft.remark ?? '',
  };
  return {
    dispatch,
    state: { state: 'assigned' },
    work: {},
    photos: {},
    reopened: [],
    remarks: [],
    attention: [],
    manifest: [],
    accepted_by_marketing: false,
  };
}

const scanned = (asset_no: string): Evidence => ({
  record: 'scan',
  asset_no,
  source: 'camera',
  image: 'nameplate-1',
  findings: [],
});
const reading = (values: [Register, string][]): Evidence => ({
  record: 'reading',
  values: values.map(([register, value]) => ({ register, value, source: 'typed' })),
  findings: [],
});

/** The orders of the day. */
export function orders(): Held[] {
  const now = order({
    id: 'o-17',
    kind: 'replace',
    reason: 'fault',
    customer: '李秀兰',
    address: '青石镇柳河村 3 组 17 号',
    account_no: '4101234567',
    time: [9, 30],
    remark: '客户反映屏幕显示 Err-04，上午在家。',
  });
  now.state = { state: 'started' };
  now.photos = { site: [photo('site-1', 'site')], old_reading: [photo('reading-1', 'reading')] };
  now.work = {
    old_meter: scanned(ASSETS.old),
    old_reading: reading([
      ['forward_total', '12345.67'],
      ['forward_t2', '4112.30'],
      ['forward_t4', '8233.37'],
      ['money_left', '87.65'],
    ]),
  };

  const returned = order({
    id: 'o-09',
    kind: 'replace',
    reason: 'rotation',
    customer: '赵德水',
    address: '青石镇柳河村 1 组 4 号',
    account_no: '4101234588',
    time: null,
  });
  returned.state = { state: 'returned' };
  returned.photos = {
    site: [photo('site-2', 'site')],
    old_reading: [photo('reading-2', 'reading')],
    new_reading: [photo('reading-3', 'reading')],
    seals: [photo('seal-1', 'seal', ['blurred'])],
  };
  returned.work = {
    old_meter: scanned(ASSETS.old),
    old_reading: reading([['forward_total', '8812.40']]),
    new_meter: scanned(ASSETS.fresh),
    new_reading: reading([['forward_total', '0.00']]),
    seals: {
      record: 'seals',
      removed: [{ seal_no: '00171101', place: 'cover' }],
      added: [{ seal_no: '00173342', place: 'cover' }],
      findings: [],
    },
  };
  returned.reopened = ['seals'];
  returned.remarks = [
    {
      pin: 'photo',
      step: 'seals',
      photo: 'seal-1',
      x_permille: 610,
      y_permille: 500,
      text: '新表封印照片看不清编号，请补拍一张近照。',
    },
  ];

  const done = order({
    id: 'o-05',
    kind: 'install',
    customer: '孙玉珍',
    address: '青石镇水口村 2 组 9 号',
    account_no: '4101234599',
    time: [8, 30],
  });
  done.state = { state: 'completed', at: at(9, 12) };
  const approved = order({
    id: 'o-03',
    kind: 'replace',
    reason: 'rotation',
    customer: '刘铁柱',
    address: '青石镇中心街 21 号',
    account_no: '4101234511',
    time: [8, 0],
  });
  approved.state = { state: 'approved', outcome: { outcome: 'done' } };
  approved.accepted_by_marketing = true;

  const todo: Draft[] = [
    {
      id: 'o-18',
      kind: 'install',
      customer: '王建国',
      address: '青石镇柳河村 3 组 22 号',
      account_no: '4101234570',
      time: [10, 0],
      box: 'L-0318 第 1 位',
    },
    {
      id: 'o-19',
      kind: 'replace',
      reason: 'rotation',
      customer: '青石镇卫生院',
      address: '青石镇中心街 8 号',
      account_no: '4101230088',
      time: [10, 30],
      model: THREE,
      box: '计量柜 2',
    },
    {
      id: 'o-20',
      kind: 'attach_terminal',
      customer: '柳河 02 台区',
      address: '柳河村西头变压器',
      account_no: '4101200002',
      time: null,
      meters: [ASSETS.old, ASSETS.fresh, ASSETS.other],
      phone: '',
    },
    {
      id: 'o-21',
      kind: 'remove',
      customer: '陈美凤',
      address: '青石镇水口村 1 组 5 号',
      account_no: '4101234601',
      time: [14, 0],
    },
    {
      id: 'o-22',
      kind: 'replace',
      reason: 'rotation',
      customer: '周立新',
      address: '青石镇水口村 1 组 11 号',
      account_no: '4101234607',
      time: [14, 30],
    },
    {
      id: 'o-23',
      kind: 'install',
      customer: '马红梅',
      address: '青石镇水口村 4 组 2 号',
      account_no: '4101234615',
      time: [15, 30],
    },
  ];
  return [
    { order: now, delivery: 'on_its_way' },
    { order: returned, delivery: 'in_office' },
    ...todo.map((draft): Held => ({ order: order(draft), delivery: null })),
    { order: done, delivery: 'saved_here' },
    { order: approved, delivery: 'accepted' },
  ];
}

/** How far each order is from the made-up here. Unit: metres. */
export const DISTANCES: { [id: string]: number } = {
  'o-17': 420,
  'o-09': 380,
  'o-18': 610,
  'o-19': 1900,
  'o-20': 2300,
  'o-21': 4100,
  'o-22': 4200,
  'o-23': 5600,
  'o-05': 3900,
  'o-03': 1700,
};

/** The made-up cabinet. */
export function cabinet(): CabinetItem[] {
  const tail = ['4130001000000000000029', '4130001000000000000036', '4130001000000000000043', '4130001000000000000050'];
  return [
    { asset_no: ASSETS.fresh, kind: 'meter', model: SINGLE, place: 'in_hand' },
    ...tail.map((asset_no): CabinetItem => ({ asset_no, kind: 'meter', model: SINGLE, place: 'issued' })),
    { asset_no: ASSETS.terminal, kind: 'terminal', model: null, place: 'issued' },
    { asset_no: ASSETS.other, kind: 'meter', model: SINGLE, place: 'removed' },
  ];
}

// The built-in procedures in short, for the made-up day.
import type { Procedure } from '../bindings/Procedure';
import type { OrderKind, Purpose, Step } from '../types';

type Need = Step['need'];
const step = (
  id: string,
  zh: string,
  en: string,
  action: [string, string],
  need: Need,
  purpose: Purpose,
  min: number,
  optional = false,
): Step => ({
  id,
  title: { zh, en },
  action: { zh: action[0], en: action[1] },
  need,
  photos: { purpose, min },
  requirement: optional ? 'optional' : 'required',
});

const site = step(
  'site',
  '现场全景',
  'Site as found',
  ['拍现场全景', 'Photograph the site'],
  { need: 'photos' },
  'site',
  1,
);
const oldMeter = step(
  'old_meter',
  '核对旧表',
  'Check the old meter',
  ['扫描旧表', 'Scan the old meter'],
  { need: 'scan', slot: 'old_meter' },
  'nameplate',
  0,
);
const oldReading = step(
  'old_reading',
  '旧表示数',
  "Old meter's reading",
  ['抄录旧表示数', 'Read the old meter'],
  { need: 'reading', slot: 'old_meter' },
  'reading',
  1,
);
const newMeter = step(
  'new_meter',
  '新表绑定户号',
  'Bind the new meter',
  ['扫描新表', 'Scan the new meter'],
  { need: 'scan', slot: 'new_meter' },
  'nameplate',
  0,
);
const newReading = step(
  'new_reading',
  '新表示数',
  "New meter's reading",
  ['抄录新表示数', 'Read the new meter'],
  { need: 'reading', slot: 'new_meter' },
  'reading',
  1,
);
const wiring = step(
  'wiring',
  '接线',
  'Wiring',
  ['拍接线照片', 'Photograph the wiring'],
  { need: 'photos' },
  'wiring',
  1,
);
const seals = step(
  'seals',
  '封印',
  'Seals',
  ['登记封印', 'Record the seals'],
  { need: 'seals', add_min: 1 },
  'seal',
  1,
);
const note = step('note', '备注', 'Remark', ['写备注', 'Write a remark'], { need: 'note' }, 'site', 0, true);
const signature = step(
  'signature',
  '客户签名',
  "Customer's signature",
  ['请客户签名', 'Ask for the signature'],
  { need: 'signature' },
  'site',
  0,
);
/** Written where the dispatch has a task for it. */
const card = step('card', '购电卡', 'Prepaid card', ['写购电卡', 'Write the card'], { need: 'card' }, 'site', 0);
/** Handed over where the dispatch has one. */
const token = step('token', '购电代码', 'Token', ['出示购电代码', 'Show the token'], { need: 'token' }, 'site', 0);
const newTerminal = step(
  'new_terminal',
  '新终端',
  'New terminal',
  ['扫描新终端', 'Scan the new terminal'],
  { need: 'scan', slot: 'new_terminal' },
  'terminal',
  1,
);
const attach = step(
  'attach',
  '挂接电表',
  'Attach meters',
  ['登记挂接电表', 'Record the meters'],
  { need: 'attach' },
  'terminal',
  1,
);

const STEPS: { [kind in OrderKind]: Step[] } = {
  install: [site, newMeter, newReading, wiring, seals, note, signature],
  replace: [site, oldMeter, oldReading, newMeter, newReading, seals, note, signature],
  remove: [site, oldMeter, oldReading, seals, note, signature],
  attach_terminal: [newTerminal, attach, wiring, note],
  replace_terminal: [newTerminal, attach, note],
  detach_terminal: [attach, note],
  card: [signature],
};

/** The procedure of a kind of order. */
export function procedure(kind: OrderKind): Procedure {
  const could_not: [string, string, string][] = [
    ['no_access', '无人在家或不能进入', 'no access'],
    ['customer_refuses', '客户拒绝', 'customer refuses'],
    ['wrong_address', '地址不符', 'wrong address'],
    ['wrong_meter', '现场表计与工单不符', 'meter on site is not the one ordered'],
    ['box_locked', '表箱上锁打不开', 'meter box locked'],
    ['burnt_terminals', '端子烧损', 'burnt terminals'],
    ['unsafe', '现场不安全', 'unsafe to work'],
    ['no_material', '缺少合适的表计或材料', 'no fitting meter or material'],
    ['other', '其他', 'other'],
  ];
  return {
    id: `built-in/${kind}`,
    version: 1,
    kind,
    steps: STEPS[kind],
    could_not: could_not.map(([code, zh, en]) => ({ code, title: { zh, en } })),
  };
}

/** The procedure with a step for the card or the token: before the remark and the signature, which say what it did. */
export function fitted(procedure: Procedure, need: 'card' | 'token'): Procedure {
  const { steps } = procedure;
  const end = steps.findIndex((one) => one.need.need === 'note' || one.need.need === 'signature');
  const at = end < 0 ? steps.length : end;
  return { ...procedure, steps: [...steps.slice(0, at), need === 'card' ? card : token, ...steps.slice(at)] };
}

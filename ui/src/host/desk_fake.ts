// A gateway in memory for the desk's tests and pictures: made-up orders, one of every situation. Never part of a release.
import type { CreditSource } from './bindings/CreditSource';
import type { EventId } from './bindings/EventId';
import type { LateDecision } from './bindings/LateDecision';
import type { Remark } from './bindings/Remark';
import { DeskError, type CardIncident, type CardLeave, type CardLedger, type CrewDay, type Desk, type DeskProblem, type Letter, type Queue, type QueueAsk, type QueueRow, type Review, type SignedIn } from '../board/desk';
import { incidents, leaves, type CardPlanned } from './desk_cards';
import { crews, sample, type Plan, type Sample } from './desk_sample';

const finding = (check: 'use_is_plausible' | 'old_seals_recorded' | 'not_below_last_billed' | 'sources_agree', expected: string, found: string, reason: string) => ({
  check,
  register: check === 'old_seals_recorded' ? null : ('forward_total' as const),
  expected,
  found,
  reason,
});

const SEALS = finding('old_seals_recorded', '00172991', '', '旧封印早已断落，现场未见，已拍照');
const DIFFERS = finding('sources_agree', '20338.15', '20388.15', '屏幕反光看错一位，以红外为准');
const JUMP = finding('use_is_plausible', '1204.55', '16480.12', '客户去年加装两台烘干机，负荷确大，已核对电流');

const left = (source: CreditSource, money: string, overdraft = '0.00', count: number | null = 7) => ({ source, money, overdraft, count });
const WRITTEN: CardPlanned = { kind: 'open_account', outcome: 'written', serial: '6f2133c80a1790a4', count: 1, left: [left('readout', '87.65'), left('photo', '87.65', '0.00', null)], bought: { count: 8, amount: '50.00' }, total: '137.65' };
const IN_DOUBT: CardPlanned = { kind: 'open_account', outcome: 'in_doubt', serial: '6f2133c80a179c1e', count: 1, left: [left('photo', '201.10', '0.00', null)], old_card: left('write_back', '203.40', '0.00', 11), bought: { count: 12, amount: '100.00' }, total: '303.40' };
const NOT_WRITTEN: CardPlanned = { kind: 'open_account', outcome: 'not_written', serial: '6f2133c80a17a355', count: 0, left: [left('readout', '0.00', '31.20', 4)], bought: { count: 5, amount: '20.00' }, total: '0.00', debt_left: '11.20' };
const LOST: CardPlanned = { kind: 'replacement', outcome: 'written', serial: '6f2133c80a17b009', count: 15, bought: { count: 15, amount: '200.00' }, total: '200.00' };

const PLANS: Plan[] = [
  { id: 'GD-20260814-0031', customer: '赵德水', kind: 'replace', reason: 'fault', crew: 'crew-3', account_no: '4101234588', address: '青石镇河东村 3 组 17 号', at: [8, 41], last: ['8650.11', '2101.40', '4210.33', '2338.38'], now: ['8812.40', '2144.02', '4288.70', '2379.68'], said: ['8812.40', '2144.02', '4288.70', '2379.68'], seals: 'smeared', findings: { seals: [SEALS] }, anomalies: [{ anomaly: 'overruled', step: 'seals', finding: SEALS }], remark: '客户反映表黑屏，先验电。院里有狗，进门前打电话。', note: '旧表黑屏，按键唤醒后可读。' },
  { id: 'GD-20260814-0007', customer: '孙玉珍', kind: 'replace', reason: 'rotation', crew: 'crew-3', account_no: '4101234417', address: '青石镇河东村 1 组 4 号', at: [9, 2], last: ['1204.55', '300.10', '604.20', '300.25'], now: ['16480.12', '4120.02', '8240.06', '4120.04'], findings: { old_reading: [JUMP] }, anomalies: [{ anomaly: 'overruled', step: 'old_reading', finding: JUMP }], flaw: 'glare', seen: 'badly', clock: 'doubtful' },
  { id: 'GD-20260814-0012', customer: '刘铁柱', kind: 'remove', crew: 'crew-1', account_no: '4101230381', address: '白沙村 2 组 9 号', at: [8, 10], last: ['20114.80', '5028.70', '10057.40', '5028.70'], now: ['20338.15', '5097.04', '10194.07', '5097.04'], said: ['20388.15', '5097.04', '10194.07', '5097.04'], findings: { old_reading: [DIFFERS] }, seen: 'well', away_m: 380, anomalies: [{ anomaly: 'far_away', distance_m: 380 }, { anomaly: 'overruled', step: 'old_reading', finding: DIFFERS }] },
  { id: 'GD-20260814-0044', customer: '黄秋生', kind: 'replace', reason: 'fault', crew: 'crew-1', account_no: '4101237702', address: '白沙村 5 组 2 号', at: [9, 40], last: ['3020.00', '755.00', '1510.00', '755.00'], now: ['3101.17', '775.29', '1550.59', '775.29'], late: true, anomalies: [{ anomaly: 'waiting', events: 2 }], missing: 0 },
  { id: 'GD-20260814-0019', customer: '何桂芳', kind: 'install', crew: 'crew-2', account_no: '4101239917', address: '柳林新村 12 栋 2 单元 301', at: [10, 5], typed: true, anomalies: [{ anomaly: 'typed', step: 'new_meter' }], earlier: [{ pin: 'photo', step: 'seals', photo: '', x_permille: 520, y_permille: 480, text: '表盖封印编号看不清，请补拍近照。' }, { pin: 'step', step: 'wiring', text: '接线照片要拍到零火线标识。' }] },
  { id: 'GD-20260814-0052', customer: '钱广进', kind: 'replace', reason: 'fault', crew: 'crew-2', account_no: '4101236640', address: '柳林新村 3 栋 1 单元 102', at: [10, 20], state: 'could_not_do', last: ['990.10', '0', '0', '0'], anomalies: [{ anomaly: 'could_not_do', reason: 'burnt_terminals' }] },
  { id: 'GD-20260814-0025', customer: '青石镇卫生院', kind: 'replace', reason: 'rotation', crew: 'crew-1', account_no: '4101230056', address: '青石镇中街 88 号', at: [9, 30], last: ['88120.40', '22030.10', '44060.20', '22030.10'], now: ['91344.92', '22836.23', '45672.46', '22836.23'] },
  { id: 'GD-20260814-0033', customer: '王建国', kind: 'install', crew: 'crew-3', account_no: '4101231204', address: '青石镇河东村 4 组 21 号', at: [10, 2], missing: 3, clock: 'unknown' },
  { id: 'GD-20260814-0048', customer: '吴大海', kind: 'replace', reason: 'fault', crew: 'crew-2', account_no: '4101233306', address: '柳林村 2 组 11 号', at: [9, 15], last: ['5120.00', '1280.00', '2560.00', '1280.00'], now: ['5214.36', '1303.59', '2607.18', '1303.59'], state: 'could_not_do', could_not: { reason: 'card_not_written', remark: '写到一半读卡器断电，卡已收好，明早再来' }, card: IN_DOUBT, anomalies: [{ anomaly: 'card_in_doubt', step: 'card' }, { anomaly: 'could_not_do', reason: 'card_not_written' }] },
  { id: 'GD-20260814-0059', customer: '郑国强', kind: 'replace', reason: 'fault', crew: 'crew-1', account_no: '4101238820', address: '白沙村 3 组 6 号', at: [10, 50], last: ['2210.00', '552.50', '1105.00', '552.50'], now: ['2280.04', '570.01', '1140.02', '570.01'], state: 'could_not_do', could_not: { reason: 'card_not_written', remark: '两次写完回读都不对，卡已作废，下午换卡再写' }, card: NOT_WRITTEN, anomalies: [{ anomaly: 'could_not_do', reason: 'card_not_written' }] },
  { id: 'GD-20260814-0063', customer: '韩素珍', kind: 'card', crew: 'crew-4', account_no: '4101232271', address: '青石镇中街 12 号', at: [11, 5], card: LOST, token: '23716100501183194197' },
  { id: 'GD-20260814-0036', customer: '李秀兰', kind: 'replace', reason: 'fault', crew: 'crew-3', account_no: '4101231938', address: '青石镇河东村 4 组 22 号', at: [10, 41], last: ['450.00', '112.50', '225.00', '112.50'], now: ['612.77', '153.19', '306.39', '153.19'], card: WRITTEN },
  { id: 'GD-20260814-0061', customer: '白沙 2 号台区', kind: 'replace_terminal', crew: 'crew-4', account_no: '4101200002', address: '白沙村变压器台架', at: [11, 15] },
  { id: 'GD-20260814-0070', customer: '周长顺', kind: 'replace', reason: 'rotation', crew: 'crew-2', account_no: '4101235123', address: '柳林村 6 组 1 号', at: [11, 30], state: 'started', last: ['77.00', '0', '0', '0'] },
  { id: 'GD-20260813-0099', customer: '冯二喜', kind: 'remove', crew: 'crew-1', account_no: '4101235177', address: '白沙村 1 组 30 号', at: [7, 30], state: 'approved', last: ['10.00', '2.50', '5.00', '2.50'], now: ['12.00', '3.00', '6.00', '3.00'], result: { state: 'dead', why: '400 户号已销户' } },
];

const HANDED_IN = ['completed', 'could_not_do'];

/** The gateway in memory. Its switches make it fail the way a real one does. */
export class FakeDesk implements Desk {
  readonly needs_address: boolean = false;
  /** Thrown by the next and every later call until it is null again. */
  fails: DeskProblem | null = null;
  /** Orders that move under the supervisor's hands at the next decision. */
  readonly moving = new Set<string>();
  /** What was decided, in order. */
  readonly decisions: { act: string; order: string; remarks?: Remark[] }[] = [];
  readonly samples: Sample[];
  #letters: Letter[];
  #leaves: CardLeave[];
  #incidents: CardIncident[];
  #done = 58;

  constructor(private readonly now: () => number) {
    const today = new Date(now());
    const day = new Date(today.getFullYear(), today.getMonth(), today.getDate()).getTime();
    this.samples = PLANS.map((plan) => sample(plan, day));
    for (const { review } of this.samples) {
      review.order.remarks = review.order.remarks.map((remark) => (remark.pin === 'photo' ? { ...remark, photo: review.order.photos[remark.step]?.[0]?.hash ?? '' } : remark));
    }
    this.#leaves = leaves(this.samples, now());
    this.#incidents = incidents(this.#leaves, now());
    this.#letters = [
      { id: 'out-41', kind: 'result', order: 'GD-20260813-0099', why: '400 户号 4101235177 已销户', tries: 12, at: now() - 1_500_000 },
      { id: 'event-9c0e-17', kind: 'event', order: null, why: 'unknown_version', tries: 1, at: now() - 7_200_000 },
    ];
  }

  use_address(): void {
    // There is no network behind this desk.
  }

  use_token(): void {
    // Nor a session.
  }

  async sign_in(name: string, password: string): Promise<SignedIn> {
    await this.#answer();
    if (password !== 'demo') throw new DeskError({ code: 'bad_sign_in' });
    return { token: 'demo', supervisor: { name, display_name: '陈班长', role: 'supervisor' } };
  }

  async queue(ask: QueueAsk): Promise<Queue> {
    await this.#answer();
    const all = this.samples.map((one) => row(one));
    const rows = all
      .filter((one) => (ask.state === '' ? HANDED_IN : ask.state === 'all' ? [one.state] : ask.state.split(',')).includes(one.state))
      .filter((one) => ask.crew === '' || one.crew === ask.crew)
      .filter((one) => ask.kind === '' || one.kind === ask.kind)
      .filter((one) => ask.anomaly === '' || one.anomalies.some((found) => ask.anomaly === 'any' || nameOf(found) === ask.anomaly))
      .filter((one) => ask.search === '' || [one.customer, one.account_no, one.address, one.order].some((text) => text.includes(ask.search)))
      .sort((a, b) => Number(b.anomalies.length > 0) - Number(a.anomalies.length > 0));
    const waiting = all.filter((one) => HANDED_IN.includes(one.state));
    return {
      rows,
      crews,
      counts: {
        to_review: waiting.length,
        anomalous: waiting.filter((one) => one.anomalies.length > 0).length,
        on_the_way: waiting.filter((one) => one.evidence === 'missing').length,
        done_today: this.#done + 3,
        total_today: 96,
        cards_in_doubt: this.#leaves.filter((one) => ['in_doubt', 'burned'].includes(one.state)).length,
        card_incidents: this.#incidents.filter((one) => one.settled === null).length,
      },
    };
  }

  async review(order: string): Promise<Review> {
    await this.#answer();
    return this.#shown(this.#find(order).review);
  }

  async approve(order: string, revision: number): Promise<Review> {
    const { review } = await this.#decide('approve', order, revision);
    if (review.evidence.complete === 'missing') throw new DeskError({ code: 'evidence_missing', missing: review.evidence.missing.length });
    const { state } = review.order;
    review.order.state = { state: 'approved', outcome: state.state === 'could_not_do' ? { outcome: 'could_not', reason: state.reason, remark: state.remark } : { outcome: 'done' } };
    review.entries.push({ change: ++review.revision, from: 'office', at: this.now(), by: '陈班长', event: { office: 'approved' } });
    this.#done += 1;
    return this.#shown(review);
  }

  async send_back(order: string, revision: number, remarks: Remark[]): Promise<Review> {
    const { review } = await this.#decide('return', order, revision, remarks);
    review.order.state = { state: 'returned' };
    review.order.remarks = remarks;
    review.entries.push({ change: ++review.revision, from: 'office', at: this.now(), by: '陈班长', event: { office: 'returned', remarks } });
    return this.#shown(review);
  }

  async late(order: string, revision: number, events: EventId[], decision: LateDecision): Promise<Review> {
    const { review } = await this.#decide('late', order, revision);
    for (const attention of review.order.attention) {
      if (events.some((id) => id.device === attention.event_id.device && id.seq === attention.event_id.seq)) attention.decided = decision;
    }
    const waiting = review.order.attention.filter((one) => one.decided === null).length;
    review.anomalies = review.anomalies.filter((one) => one.anomaly !== 'waiting');
    if (waiting > 0) review.anomalies.unshift({ anomaly: 'waiting', events: waiting });
    review.entries.push({ change: ++review.revision, from: 'office', at: this.now(), by: '陈班长', event: { office: 'late_decided', events, decision } });
    return this.#shown(review);
  }

  async progress(): Promise<CrewDay[]> {
    await this.#answer();
    const day = (i: number, numbers: [number, number, number, number, number, number, number], seen: number | null): CrewDay => {
      const [assigned, started, returned, handed_in, approved, could_not, recalled] = numbers;
      return { crew: crews[i]?.crew ?? '', crew_name: crews[i]?.crew_name ?? '', assigned, started, returned, handed_in, approved, could_not, recalled, last_seen: seen };
    };
    return [
      day(0, [6, 2, 1, 3, 14, 1, 0], this.now() - 40_000),
      day(1, [9, 3, 0, 1, 11, 2, 1], this.now() - 780_000),
      day(2, [3, 1, 2, 4, 17, 0, 0], this.now() - 130_000),
      day(3, [8, 0, 0, 1, 6, 0, 0], this.now() - 11_400_000),
    ];
  }

  async letters(): Promise<Letter[]> {
    await this.#answer();
    return this.#letters;
  }

  async retry_letter(id: string): Promise<void> {
    await this.#answer();
    if (id.startsWith('event-')) throw new DeskError({ code: 'not_allowed' });
    this.#letters = this.#letters.filter((letter) => letter.id !== id);
  }

  async cards(): Promise<CardLedger> {
    await this.#answer();
    return { leaves: [...this.#leaves], incidents: this.#incidents };
  }

  async reissue(authorisation: string, why: string): Promise<void> {
    await this.#answer();
    const found = this.#leaves.find((one) => one.authorisation === authorisation);
    if (!found) throw new DeskError({ code: 'not_found' });
    if (!['leased', 'burned', 'in_doubt'].includes(found.state)) throw new DeskError({ code: 'card_leave_out', state: found.state });
    this.decisions.push({ act: 'reissue', order: found.order });
    this.#leaves = this.#leaves.map((one) => (one === found ? { ...one, state: 'reissued', reissued: { by: '陈班长', why, at: this.now() } } : one));
  }

  async settle(incident: number, why: string): Promise<void> {
    await this.#answer();
    const found = this.#incidents.find((one) => one.no === incident);
    if (!found) throw new DeskError({ code: 'not_found' });
    this.decisions.push({ act: 'settle', order: found.order });
    this.#incidents = this.#incidents.map((one) => (one === found ? { ...one, settled: { by: '陈班长', why, at: this.now() } } : one));
  }

  async blob(hash: string): Promise<Blob> {
    await this.#answer();
    for (const { files, review } of this.samples) {
      const body = files.get(hash);
      if (body !== undefined && review.evidence.held.includes(hash)) return new Blob([body], { type: body.startsWith('<svg') ? 'image/svg+xml' : 'application/json' });
    }
    throw new DeskError({ code: 'not_found' });
  }

  async proof(order: string): Promise<Blob> {
    await this.#answer();
    return new Blob([this.#find(order).id], { type: 'application/x-tar' });
  }

  #find(order: string): Sample {
    const found = this.samples.find((one) => one.id === order);
    if (!found) throw new DeskError({ code: 'not_found' });
    return found;
  }

  async #decide(act: string, order: string, revision: number, remarks?: Remark[]): Promise<Sample> {
    await this.#answer();
    const found = this.#find(order);
    if (this.moving.delete(order)) found.review.revision += 1;
    if (found.review.revision !== revision) throw new DeskError({ code: 'order_moved', state: found.review.order.state.state });
    this.decisions.push(remarks ? { act, order, remarks } : { act, order });
    return found;
  }

  #shown(review: Review): Review {
    const { id } = review.order.dispatch;
    const about = <T extends { order: string }>(all: T[]) => all.filter(({ order }) => order === id);
    return structuredClone({ ...review, leaves: about(this.#leaves), incidents: about(this.#incidents) });
  }

  #answer(): Promise<void> {
    return this.fails ? Promise.reject(new DeskError(this.fails)) : Promise.resolve();
  }
}

function row({ id, crew, review }: Sample): QueueRow {
  const { dispatch, state } = review.order;
  return {
    order: id,
    customer: dispatch.account.customer,
    account_no: dispatch.account.account_no,
    address: dispatch.account.address,
    kind: dispatch.kind,
    reason: dispatch.reason,
    state: state.state,
    crew,
    crew_name: review.crew_name,
    anomalies: review.anomalies,
    handed_in_at: 'at' in state ? state.at : null,
    photos_held: review.evidence.held.length,
    photos: review.order.manifest.length,
    evidence: review.evidence.complete,
    waiting: review.order.attention.filter((one) => one.decided === null).length,
  };
}

function nameOf(anomaly: QueueRow['anomalies'][number]): string {
  return anomaly.anomaly === 'overruled' ? anomaly.finding.check : anomaly.anomaly;
}

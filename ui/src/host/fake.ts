// A device made up in memory, for tests of the screens and for drawings of them. It is in no production build.
import { saidOf } from '../format/readout';
import { act, form, view } from './fake/act';
import { FakeCards } from './fake/card';
import { TASK } from './fake/card_plan';
import { FakeEyes } from './fake/eyes';
import { FakeMeter, said } from './fake/meter';
import { picture } from './fake/pictures';
import { fitted } from './fake/procedure';
import { ASSETS, cabinet, DISTANCES, NOW, orders, photo, type Held } from './fake/sample';
import { HostError, type Host } from './host';
import { pageCameras } from './page_camera';
import type {
  AssetView,
  CabinetView,
  Changed,
  DeliveryCounts,
  GroupKind,
  OrderRow,
  RegisterReading,
  Settings,
  Status,
  SyncView,
  Today,
} from './types';

const GROUPS: [GroupKind, string[]][] = [
  ['started', ['started']],
  ['returned', ['returned']],
  ['assigned', ['assigned']],
  ['handed_in', ['completed', 'could_not_do']],
  ['approved', ['approved']],
  ['recalled', ['recalled']],
];

/**
 * The made-up device. `route`, `lang`, `theme`, `text`, `enrolled=0` and `empty=1` in the query set its start;
 * `seen` is what every picture shows and `shows` what every display does (see [`FakeEyes`]), `hints=too_dark,glare` what is
 * wrong with every photo; `done=step,step` fills steps of the first order,
 * `stands=completed|could_not_do|recalled|late` ends it so, that every screen can be drawn;
 * `meter` is the mood of the meter before the probe, `meter_ms` how long each of its answers takes;
 * `card` has the first order ask for a card and puts one into the reader (see [`FakeCards`]), `token` for those digits.
 */
export function fakeHost(
  query: URLSearchParams = new URLSearchParams(),
  reader: FakeCards = new FakeCards(query),
): Host {
  const day: Held[] = query.get('empty') === '1' ? [] : orders();
  const drafts = new Map<string, string>();
  for (const [key, value] of query) if (key.startsWith('draft:')) drafts.set(key.slice(6), value);
  const listeners = new Set<(changed: Changed) => void>();
  const meter = new FakeMeter(query.get('meter') ?? 'ok', query.has('meter_ms') ? Number(query.get('meter_ms')) : undefined);
  let items = query.get('empty') === '1' ? [] : cabinet();
  let route = query.get('route');
  let enrolled = query.get('enrolled') !== '0';
  let photos = 10;
  let settings: Settings = {
    language: query.get('lang') === 'en' ? 'en' : 'zh',
    theme: query.get('theme') === 'dark' ? 'dark' : 'light',
    text_percent: Number(query.get('text') ?? '100'),
    may_train: false,
    quiet: false,
  };

  const first = day[0];
  if (first) ask(first, query);
  for (const id of (query.get('done') ?? '').split(',')) if (first) fill(first, id, reader);

  if (first) end(first, query.get('stands'));

  const find = (id: string): Held => day.find(({ order }) => order.dispatch.id === id) ?? raise({ error: 'not_found' });
  const raise = (problem: ConstructorParameters<typeof HostError>[0]): never => {
    throw new HostError(problem);
  };
  const told = (orders: string[], cabinet: boolean) => {
    for (const heard of listeners) heard({ orders, cabinet });
  };
  const status = (): Status => ({
    enrolled: enrolled
      ? { crew_name: '装接三班', operator: '三班', device_name: '三班 1 号平板', gateway: 'https://gateway.example' }
      : null,
    version: '0.1.0',
    notice: null,
    route,
    settings,
  });
  const counts = (): DeliveryCounts => {
    const of = (word: string) => day.filter(({ delivery }) => delivery === word).length;
    return {
      saved_here: of('saved_here'),
      on_its_way: of('on_its_way'),
      in_office: of('in_office'),
      accepted: of('accepted'),
    };
  };
  const sync = (): SyncView => ({
    state:
      query.get('sync') === 'waiting'
        ? { sync: 'waiting', why: 'no_link', retry_in_s: 48 }
        : { sync: 'running', bytes_done: 1_240_000, bytes: 4_100_000 },
    delivery: counts(),
    waiting: { events: 7, blobs: 4, bytes: 2_860_000 },
    orders: day
      .filter(({ delivery }) => delivery === 'saved_here' || delivery === 'on_its_way')
      .map(({ order, delivery }) => ({
        id: order.dispatch.id,
        customer: order.dispatch.account.customer,
        delivery: delivery ?? 'saved_here',
        waiting: { events: 3, blobs: 2, bytes: 1_430_000 },
      })),
    last_ok: NOW - 12 * 60_000,
  });
  const cabinetView = (): CabinetView => ({
    items,
    to_pick_up: items.filter(({ place }) => place === 'issued').length,
    in_hand: items.filter(({ place }) => place === 'in_hand').length,
    to_return: items.filter(({ place }) => place === 'removed').length,
  });
  const read = (text: string): AssetView => {
    const asset_no = text.replace(/\s/g, '');
    if (!/^\d{22}$/.test(asset_no)) return { asset: 'invalid', fault: { fault: 'length', digits: 22 } };
    const isKnown = [ASSETS.old, ...items.map((item) => item.asset_no)].includes(asset_no);
    return { asset: 'valid', asset_no, kind: 'meter', known: isKnown ? 'yes' : 'no' };
  };
  const eyes = new FakeEyes(query);
  const scan_image: Host['scan_image'] = async (picture) => eyes.look(picture, read);
  const row = ({ order, delivery }: Held): OrderRow => ({
    id: order.dispatch.id,
    kind: order.dispatch.kind,
    reason: order.dispatch.reason,
    state: order.state.state,
    customer: order.dispatch.account.customer,
    account_no: order.dispatch.account.account_no,
    address: order.dispatch.account.address,
    appointment: order.dispatch.appointment,
    distance_m: DISTANCES[order.dispatch.id] ?? null,
    delivery,
    remark: order.remarks[0]?.text ?? null,
    steps_done: Object.keys(order.work).length,
    steps: order.dispatch.procedure.steps.length,
    meters: order.dispatch.terminal_meters.length,
    waiting: 0,
  });

  return {
    status: async () => status(),
    enrol: async (link_or_code) => {
      if (link_or_code.toUpperCase() === 'USED') raise({ error: 'enrol', why: 'code_unknown' });
      enrolled = true;
      return status();
    },
    save_route: async (now) => void (route = now),
    save_settings: async (now) => void (settings = now),
    save_draft: async (order, step, text) =>
      void (text === null ? drafts.delete(`${order}/${step}`) : drafts.set(`${order}/${step}`, text)),
    draft: async (order, step) => drafts.get(`${order}/${step}`) ?? null,
    today: async ({ search, sort, first, whole }): Promise<Today> => {
      const rows = day
        .map(row)
        .filter((one) => [one.customer, one.account_no, one.address, ASSETS.old].some((text) => text.includes(search)));
      if (sort === 'distance') rows.sort((a, b) => (a.distance_m ?? 0) - (b.distance_m ?? 0));
      const groups = GROUPS.map(([group, states]) => {
        const orders = rows.filter(({ state }) => states.includes(state));
        return { group, count: orders.length, orders: whole.includes(group) ? orders : orders.slice(0, first) };
      });
      return { groups: groups.filter(({ count }) => count > 0), delivery: counts(), total: day.length };
    },
    order: async (order) => view(find(order)),
    act: async (order, action) => {
      const held = find(order);
      act(held, action);
      return view(held);
    },
    cameras: pageCameras(scan_image),
    scan_image,
    read_display: async (look) => eyes.display(look),
    read_asset_no: async (text) => read(text),
    prepare_photo: async (picture, purpose) => {
      if (picture.length < 4) raise({ error: 'picture', why: 'not_an_image', size: null });
      photos += 1;
      const hints = query.get('hints')?.split(',') ?? (purpose === 'seal' ? ['blurred'] : []);
      return { photo: photo(`${purpose}-${String(photos)}`, purpose, hints) };
    },
    form: async (order) => ({ form: { lines: form(find(order).order) }, hash: 'f0'.repeat(32) }),
    save_strokes: async () => 'ab'.repeat(32),
    cabinet: async () => cabinetView(),
    cabinet_scan: async ({ asset_no, direction }) => {
      const item = items.find((one) => one.asset_no === asset_no);
      if (!item) raise({ error: 'refused', refusal: { code: 'unknown_asset', asset_no } });
      else if (direction === 'pick_up' && item.place !== 'issued')
        raise({ error: 'refused', refusal: { code: 'already_picked_up', asset_no } });
      items =
        direction === 'pick_up'
          ? items.map((one) => (one === item ? { ...one, place: 'in_hand' } : one))
          : items.filter((one) => one !== item);
      told([], true);
      return cabinetView();
    },
    meter_ports: async () => meter.ports(),
    // The probe is where the crew is: at the new meter, or at the old one.
    read_meter: (_, port) => meter.read(port, route?.includes('new_reading') ?? false),
    cancel_meter: async () => meter.cancel(),
    card_look: async (order, shown) => reader.look(find(order), shown),
    card_write: async (order, shown) => reader.write(find(order), shown).finally(() => told([order], false)),
    card_set_aside: async (order, aside) => reader.set_aside(find(order), aside),
    card_give_up: async (order) => {
      const end = reader.give_up(find(order));
      told([order], false);
      return end;
    },
    sync: async () => sync(),
    sync_now: async () => undefined,
    export_diagnostics: async () => 'metercrew-diagnostics-2026-08-14.zip',
    open_desk: async () => undefined,
    photo_url: picture,
    on_changed: (heard) => {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
    on_meter: (heard) => meter.on(heard),
    on_card: (heard) => reader.on(heard),
    on_scanner: () => () => undefined,
    on_sync: () => () => undefined,
  };
}

/** Has an order ask for a card or a token, as its query says. */
function ask({ order }: Held, query: URLSearchParams): void {
  const { dispatch } = order;
  const token = query.get('token');
  if (query.has('card')) order.dispatch = { ...dispatch, card: TASK, procedure: fitted(dispatch.procedure, 'card') };
  if (token !== null)
    order.dispatch = { ...order.dispatch, token, procedure: fitted(order.dispatch.procedure, 'token') };
}

/** Fills a step of the made-up order with what its next screen needs. */
function fill(held: Held, step: string, reader: FakeCards): void {
  const { order } = held;
  if (step === 'card') reader.stands(held, 'written');
  if (step === 'card_doubt') reader.stands(held, 'in_doubt');
  if (step === 'card_given_up') reader.stands(held, 'given_up');
  if (step === 'token') act(held, { action: 'deliver_token', step, token: order.dispatch.token ?? '' });
  if (step === 'new_meter')
    act(held, { action: 'scan', step, asset_no: ASSETS.fresh, source: 'camera', image: 'nameplate-2', overrules: [] });
  if (step === 'new_photo')
    act(held, { action: 'take_photo', step: 'new_reading', photo: photo('reading-9', 'reading') });
  if (step === 'new_reading')
    act(held, {
      action: 'read',
      step,
      values: [
        { register: 'forward_total', value: '0.00', source: 'typed' },
        { register: 'money_left', value: '0.00', source: 'typed' },
      ],
      readout: null,
      overrules: [],
    });
  if (step === 'infrared') {
    const readout = said(false);
    const values = order.dispatch.old_meter?.model.registers.map((register): RegisterReading => {
      const value = saidOf(readout, register) ?? '0.00';
      const also = register === 'forward_total' ? { also: [{ source: 'typed' as const, value: '12345.60' }] } : {};
      return { register, value, source: 'infrared', ...also };
    });
    act(held, { action: 'read', step: 'old_reading', values: values ?? [], readout, overrules: [] });
  }
  if (step === 'seal_photo') act(held, { action: 'take_photo', step: 'seals', photo: photo('seal-9', 'seal') });
  if (step === 'seals')
    act(held, {
      action: 'seal',
      step,
      removed: [{ seal_no: '00171101', place: 'cover' }],
      added: [
        { seal_no: '00173343', place: 'cover' },
        { seal_no: '00173344', place: 'box' },
      ],
      overrules: [],
    });
  if (step === 'signature')
    act(held, {
      action: 'sign',
      step,
      strokes: 'ab'.repeat(32),
      form_hash: 'f0'.repeat(32),
      signer: order.dispatch.account.customer,
    });
}

/** Ends the made-up order the way its picture needs. */
function end({ order }: Held, how: string | null): void {
  if (how === 'completed' || how === 'late') order.state = { state: 'completed', at: NOW };
  if (how === 'recalled') order.state = { state: 'recalled', reason: '客户已自行恢复用电，撤回报修。' };
  if (how === 'could_not_do')
    order.state = { state: 'could_not_do', reason: 'burnt_terminals', remark: '进线端子烧损，需先更换表箱。', at: NOW };
  if (how === null || how === 'recalled' || how === 'could_not_do') return;
  const photos = order.photos['seals'];
  if (photos) order.photos = { ...order.photos, seals: photos.map((one) => ({ ...one, hints: ['glare'] })) };
  if (how !== 'late') return;
  const device = '9c0e4f10-23aa-4b1e-8a55-0c4f9a7d0002';
  order.attention = [
    {
      event_id: { device, seq: 41 },
      verdict: { verdict: 'late', refusal: null },
      event: {
        event: 'seals_recorded',
        step: 'seals',
        removed: [],
        added: [{ seal_no: '00173377', place: 'box' }],
        findings: [],
      },
      at: NOW - 14 * 60_000,
      decided: null,
    },
    {
      event_id: { device, seq: 42 },
      verdict: { verdict: 'refused', refusal: { code: 'wrong_state', state: 'completed' } },
      event: { event: 'noted', step: 'note', text: '箱门另加一枚封印' },
      at: NOW - 12 * 60_000,
      decided: 'accept',
    },
  ];
}

// A made-up meter in front of a made-up probe: believable numbers, an answer at a time, and ways to go wrong.
import { HostError } from '../host';
import type { ItemReadout, MeterPorts, MeterProgress, MeterProtocol, Readout } from '../types';
import { NOW } from './sample';

/** How long each item takes. Unit: milliseconds; the real ones take about as long. */
const ITEM_MS = 250;
/** After so many items a stuck meter says no more. */
const STUCK_AFTER = 6;
/** Its clock is slow by this. Unit: milliseconds. */
const SLOW_MS = 4 * 60_000;

const PORTS: MeterPorts['ports'] = [
  { name: '/dev/ttyUSB0', description: '红外抄表头 CP2102' },
  { name: '/dev/ttyUSB1', description: 'USB 串口' },
];

const amount = (item: ItemReadout['item'], value: string): ItemReadout => ({
  item,
  status: 'read',
  value: { kind: 'quantity', value },
});
const local = (ms: number) => {
  const two = (n: number) => String(n).padStart(2, '0');
  const at = new Date(ms);
  const day = `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

/** What the made-up meter says: the old one of the day's orders, or a new one just powered on. */
export function said(is_new: boolean, differs = false): Readout {
  // Two digits swapped where a person misread the display.
  const [total, peak, valley] = is_new
    ? ['0.00', '0.00', '0.00']
    : differs
      ? ['12435.67', '4112.30', '8323.37']
      : ['12345.67', '4112.30', '8233.37'];
  return {
    protocol: is_new ? 'dlt698' : 'dlt645',
    comm_address: is_new ? '123456789012' : '000000000001',
    items: [
      amount('forward_total', total ?? ''),
      amount('forward_t1', '0.00'),
      amount('forward_t2', peak ?? ''),
      amount('forward_t3', '0.00'),
      amount('forward_t4', valley ?? ''),
      { item: 'reverse_total', status: 'refused', why: 'not_authorised' },
      amount('money_left', is_new ? '0.00' : '87.65'),
      amount('overdraft', '0.00'),
      { item: 'clock', status: 'read', value: { kind: 'clock', value: local(NOW - (is_new ? 0 : SLOW_MS)) } },
      {
        item: 'status_1',
        status: 'read',
        value: { kind: 'status', value: is_new ? { word: 0, set: [] } : { word: 4, set: ['clock_battery_low'] } },
      },
    ],
    wire_ms: 9_400,
  };
}

/**
 * The probe. `mood` is `ok`; `differs` for a meter that says other numbers than were typed; `stuck` for one that
 * stops answering midway; `none` for no probe at all; or the code a reading fails with, such as `meter_silent`.
 */
export class FakeMeter {
  readonly #heard = new Set<(progress: MeterProgress) => void>();
  #stop: (() => void) | null = null;
  #session = 0;
  #last: string | null;

  constructor(
    private readonly mood: string,
    private readonly item_ms: number = ITEM_MS,
  ) {
    this.#last = mood === 'none' ? null : '/dev/ttyUSB0';
  }

  ports(): MeterPorts {
    return { ports: this.mood === 'none' ? [] : PORTS, last: this.#last };
  }

  async read(port: string, is_new: boolean): Promise<Readout> {
    this.#last = port;
    const stopped = new Promise<never>((_, reject) => {
      this.#stop = () => reject(new HostError({ error: 'meter', why: 'cancelled', found: null }));
    });
    this.#session += 1;
    return Promise.race([this.#tell(is_new, this.#session), stopped]);
  }

  cancel(): void {
    this.#session += 1;
    this.#stop?.();
    this.#stop = null;
  }

  on(heard: (progress: MeterProgress) => void): () => void {
    this.#heard.add(heard);
    return () => this.#heard.delete(heard);
  }

  async #tell(is_new: boolean, session: number): Promise<Readout> {
    const readout = said(is_new, this.mood === 'differs');
    const tried: MeterProtocol[] = is_new ? ['dlt645', 'dlt698'] : ['dlt645'];
    for (const protocol of tried) await this.#next(session, { meter: 'trying', protocol });
    if (!['ok', 'differs', 'stuck', 'none'].includes(this.mood))
      throw new HostError({ error: 'meter', why: this.mood, found: this.mood === 'other_meter' ? '000000000002' : null });
    const { protocol, comm_address } = readout;
    await this.#next(session, { meter: 'found', protocol, comm_address });
    for (const [at, one] of readout.items.entries()) {
      if (this.mood === 'stuck' && at === STUCK_AFTER) await new Promise(() => undefined);
      await this.#next(session, { meter: 'item', readout: one, done: at + 1, of: readout.items.length });
    }
    return readout;
  }

  async #next(session: number, progress: MeterProgress): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.item_ms));
    if (session === this.#session) for (const heard of this.#heard) heard(progress);
  }
}

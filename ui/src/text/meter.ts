// What a meter said, as words: items with their units, why one is missing, its clock, its status word by word.
import { clockError, saidOf } from '../format/readout';
import { dotted } from '../format/list';
import { grouped } from '../format/number';
import type { ItemReadout } from '../host/bindings/ItemReadout';
import type { MeterItem } from '../host/bindings/MeterItem';
import type { Readout } from '../host/bindings/Readout';
import type { RegisterReading } from '../host/bindings/RegisterReading';
import { isKey, t, type Key } from './text.svelte';
import { readingWord, spanWord } from './vocabulary';

/** Units of the items that are amounts. */
const UNITS: { [item in MeterItem]?: Key } = {
  forward_total: 'unit.kwh',
  forward_t1: 'unit.kwh',
  forward_t2: 'unit.kwh',
  forward_t3: 'unit.kwh',
  forward_t4: 'unit.kwh',
  reverse_total: 'unit.kwh',
  combined_total: 'unit.kwh',
  money_left: 'unit.yuan',
  overdraft: 'unit.yuan',
  energy_left: 'unit.kwh',
  energy_overdrawn: 'unit.kwh',
  voltage_a: 'unit.volt',
  voltage_b: 'unit.volt',
  voltage_c: 'unit.volt',
  current_a: 'unit.ampere',
  current_b: 'unit.ampere',
  current_c: 'unit.ampere',
  power_total: 'unit.kw',
  last_purchase: 'unit.yuan',
};

/** Named bits that are how a meter was set up, and no trouble. */
const USUAL = ['demand_by_interval', 'second_step_tariff_set', 'second_tariff_set', 'second_season_table', 'second_period_table'];

/** More than this off and tariff periods shift by what a customer pays for. Unit: milliseconds. */
const CLOCK_OFF_MS = 5 * 60_000;

/** Words, and whether a person should look at them. */
export type Said = { text: string; asks: boolean };

/** What came of asking for an item: `12 345.67 kWh`, or why there is nothing. */
export function itemWord(one: ItemReadout): string {
  if (one.status === 'silent') return t('infrared.silent');
  if (one.status === 'refused') return dotted([t('infrared.refused'), t(`item_refusal.${one.why}`)]);
  const { value } = one;
  switch (value.kind) {
    case 'quantity': {
      const unit = UNITS[one.item];
      return unit === undefined ? grouped(value.value) : `${grouped(value.value)} ${t(unit)}`;
    }
    case 'count':
      return t('unit.times', { n: value.value });
    case 'text':
      return value.value;
    case 'clock':
      return clockTime(value.value);
    case 'status':
      return statusWord(value.value).text;
  }
}

/** `2026-08-14T09:05:00` as `2026-08-14 09:05:00`. */
function clockTime(clock: string): string {
  return clock.replace('T', ' ');
}

/** A status word in plain words; a bit nobody named is shown with its word. */
export function statusWord({ word, set }: { word: number; set: string[] }): Said {
  if (set.length > 0) return { text: set.map(faultWord).join(t('list.and')), asks: set.some((bit) => !USUAL.includes(bit)) };
  if (word === 0) return { text: t('meter_status.none'), asks: false };
  return { text: t('meter_status.unnamed', { word: word.toString(16).toUpperCase().padStart(4, '0') }), asks: false };
}

function faultWord(bit: string): string {
  const key = `meter_status.${bit}`;
  return isKey(key) ? t(key) : bit;
}

/** What a readout's status words say, all of them in one. */
export function statusOf(readout: Readout): Said | null {
  const said = readout.items.flatMap((one) => (one.status === 'read' && one.value.kind === 'status' ? [one.value.value] : []));
  if (said.length === 0) return null;
  const set = said.flatMap((one) => one.set);
  const [plain] = said;
  return set.length > 0 || plain === undefined ? statusWord({ word: 0, set }) : statusWord(plain);
}

/** The clock of a readout as the meter said it. */
export function clockOf(readout: Readout): string | null {
  for (const one of readout.items)
    if (one.status === 'read' && one.value.kind === 'clock') return clockTime(one.value.value);
  return null;
}

/** How far the meter's clock is off the tablet's. */
export function clockErrorWord(readout: Readout, heard_at: number): Said | null {
  const clock = clockOf(readout);
  const off = clock === null ? null : clockError(clock.replace(' ', 'T'), heard_at);
  if (off === null) return null;
  const size = Math.abs(off);
  if (size < 60_000) return { text: t('infrared.clock_right'), asks: false };
  return { text: t(off > 0 ? 'infrared.clock_fast' : 'infrared.clock_slow', { span: spanWord(size) }), asks: size > CLOCK_OFF_MS };
}

/** A readout as who reviews it reads it: who answered, in which language, its clock, its faults. */
export function readoutLines(readout: Readout): { name: string; value: string; asks: boolean }[] {
  const clock = clockOf(readout);
  const status = statusOf(readout);
  return [
    { name: t('readout.address'), value: readout.comm_address, asks: false },
    { name: t('readout.protocol'), value: t(`protocol.${readout.protocol}`), asks: false },
    ...(clock === null ? [] : [{ name: t('readout.clock'), value: clock, asks: false }]),
    ...(status === null ? [] : [{ name: t('readout.status'), value: status.text, asks: status.asks }]),
  ];
}

/** What the other sources said of a register that was recorded: `手工 12 345.60 kWh`. */
export function othersWord({ register, source, also }: RegisterReading, readout: Readout | null): string[] {
  const infrared = source === 'infrared' ? null : saidOf(readout, register);
  const others = [...(also ?? []), ...(infrared === null ? [] : [{ source: 'infrared' as const, value: infrared }])];
  return others.map((other) => `${t(`source.${other.source}`)} ${readingWord(register, other.value)}`);
}

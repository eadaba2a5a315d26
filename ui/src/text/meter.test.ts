import { afterEach, describe, expect, it } from 'vitest';
import type { ItemReadout } from '../host/bindings/ItemReadout';
import type { MeterItem } from '../host/bindings/MeterItem';
import type { Readout } from '../host/bindings/Readout';
import { clockErrorWord, itemWord, othersWord, readoutLines, statusOf, statusWord } from './meter';
import { language } from './text.svelte';

const amount = (item: MeterItem, value: string): ItemReadout => ({ item, status: 'read', value: { kind: 'quantity', value } });
const status = (word: number, set: string[]): ItemReadout => ({
  item: 'status_1',
  status: 'read',
  value: { kind: 'status', value: { word, set } },
});
const readout = (items: ItemReadout[]): Readout => ({ protocol: 'dlt645', comm_address: '000000000001', items, wire_ms: 1 });
const clock: ItemReadout = { item: 'clock', status: 'read', value: { kind: 'clock', value: '2026-08-14T09:38:00' } };
const full = readout([amount('forward_total', '12345.67'), clock, status(4, ['clock_battery_low'])]);

const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const at = (minute: number, second = 0) => new Date(2026, 7, 14, 9, minute, second).getTime();

describe('what a meter said', () => {
  afterEach(() => {
    language.now = 'zh';
  });

  it('an item has its value and unit, or why it has none', () => {
    expect(full.items.map((one) => plain(itemWord(one)))).toEqual(['12 345.67 kWh', '2026-08-14 09:38:00', '时钟电池欠压']);
    const more: ItemReadout[] = [amount('money_left', '87.65'), amount('voltage_a', '229.80'), amount('power_total', '1.25')];
    expect(more.map((one) => plain(itemWord(one)))).toEqual(['87.65 元', '229.80 V', '1.25 kW']);
    expect(plain(itemWord({ item: 'reverse_total', status: 'refused', why: 'not_authorised' }))).toBe('表计拒绝 · 要红外认证后才给');
    expect(itemWord({ item: 'forward_t1', status: 'silent' })).toBe('无应答');
    expect(itemWord({ item: 'purchase_count', status: 'read', value: { kind: 'count', value: 12 } })).toBe('12 次');
    expect(itemWord({ item: 'model', status: 'read', value: { kind: 'text', value: 'DDZY-1' } })).toBe('DDZY-1');
  });

  it('a status is told in plain words; a bit without one as it is', () => {
    expect(statusWord({ word: 0x8004, set: ['clock_fault', 'clock_battery_low'] })).toEqual({ text: '时钟故障、时钟电池欠压', asks: true });
    expect(statusWord({ word: 1, set: ['something_new'] })).toEqual({ text: 'something_new', asks: true });
    expect(statusWord({ word: 2, set: ['demand_by_interval'] }).asks).toBe(false);
    expect(statusWord({ word: 0x10, set: [] })).toEqual({ text: '状态字 0010', asks: false });
    expect(statusOf(readout([status(0, [])]))).toEqual({ text: '没有报告故障', asks: false });
    expect(statusOf(readout([]))).toBeNull();
    language.now = 'en';
    expect(statusOf(full)?.text).toBe('Clock battery low');
  });

  it('a clock is told by how far it is off, and asks from five minutes on', () => {
    expect(clockErrorWord(full, at(38, 40))).toEqual({ text: '与平板相差不到 1 分钟', asks: false });
    expect(clockErrorWord(full, at(42))).toEqual({ text: '比平板慢 4 分钟', asks: false });
    expect(clockErrorWord(full, at(32))).toEqual({ text: '比平板快 6 分钟', asks: true });
    expect(clockErrorWord(readout([]), at(32))).toBeNull();
  });

  it('for who reviews it: who answered, how, and what it complains of', () => {
    expect(readoutLines(full).map(({ value, asks }) => [value, asks])).toEqual([
      ['000000000001', false],
      ['DL/T 645-2007', false],
      ['2026-08-14 09:38:00', false],
      ['时钟电池欠压', true],
    ]);
  });

  it('every source but the one that counts is told beside it', () => {
    const other = (words: string[]) => words.map(plain);
    const typed = { register: 'forward_total', value: '12345.00', source: 'typed' } as const;
    expect(other(othersWord(typed, full))).toEqual(['红外 12 345.67 kWh']);
    expect(othersWord(typed, null)).toEqual([]);
    const infrared = { register: 'forward_total', value: '12345.67', source: 'infrared', also: [{ source: 'typed', value: '12345.00' }] } as const;
    expect(other(othersWord({ ...infrared, also: [...infrared.also] }, full))).toEqual(['手工 12 345.00 kWh']);
  });
});

import { describe, expect, it } from 'vitest';
import type { MeterItem } from '../host/bindings/MeterItem';
import type { Readout } from '../host/bindings/Readout';
import { account, asset, assetTail, cardSerial, cardTail, inFours, maskedPhone, typedCode } from './code';
import {
  caretAfter,
  difference,
  distance,
  finishedDecimal,
  grouped,
  isSome,
  isWithin,
  size,
  typedDecimal,
  yuan,
} from './number';
import { agree, clockError, saidOf } from './readout';
import { appointment, calendarDay, cardClock, clock, day, moment, span } from './time';
import { tokenClass } from './token';

/** Non-breaking gaps read as plain ones, so that expectations can be typed. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const at = (hour: number, minute: number, date = 14) => new Date(2026, 7, date, hour, minute).getTime();

describe('numbers', () => {
  it.each([
    ['12345.67', '12 345.67'],
    ['999', '999'],
    ['1000', '1 000'],
    ['-1234567.8', '-1 234 567.8'],
    ['012345.67', '012 345.67'],
    ['', ''],
    ['.5', '.5'],
    ['12345.', '12 345.'],
    ['—', '—'],
  ])('%s is grouped by thousands without changing a digit', (given, shown) => {
    expect(plain(grouped(given))).toBe(shown);
  });

  it('what was used is exact to the last place', () => {
    expect(difference('12345.67', '12101.20')).toBe('244.47');
    expect(difference('99.5', '100')).toBe('-0.50');
    expect(difference('1.0001', '1')).toBe('0.0001');
    expect(difference('', '1')).toBeNull();
    expect(difference('-12.30', '5')).toBe('-17.30');
  });

  it('two numbers are within a third of each other to the last place, on either side of zero', () => {
    expect(isWithin('100.00', '101', '1.00')).toBe(true);
    expect(isWithin('100', '101.0001', '1.00')).toBe(false);
    expect(isWithin('-0.50', '0.5', '1')).toBe(true);
    expect(isWithin('', '0', '1')).toBe(false);
  });

  it('typed text keeps digits and one point, whatever keyboard it came from', () => {
    expect(typedDecimal('１2 345。6７')).toBe('12345.67');
    expect(typedDecimal('1.2.3')).toBe('1.23');
    expect(typedDecimal('1,234kWh')).toBe('1234');
  });

  it('a half-typed decimal is finished or is none', () => {
    expect(finishedDecimal('12345.67')).toBe('12345.67');
    expect(finishedDecimal('5.')).toBe('5');
    expect(finishedDecimal('.5')).toBe('0.5');
    expect(finishedDecimal('')).toBeNull();
    expect(finishedDecimal('.')).toBeNull();
  });

  it.each([
    ['87.65', '87.65'],
    ['87.6', '87.60'],
    ['5.', '5.00'],
    ['007', '7.00'],
    ['0', '0.00'],
    ['999999.99', '999999.99'],
    ['1000000', null],
    ['87.651', null],
    ['', null],
    ['-1', null],
  ])('%s on a display is %s yuan: no part of a fen is rounded away', (typed, money) => {
    expect(yuan(typed)).toBe(money);
  });

  it('nothing is nothing, however it is written', () => {
    expect(['0', '0.00', '-0.00', '0.01', '10', '-5.00'].map(isSome)).toEqual([false, false, false, true, true, true]);
  });

  it('the caret stays behind the digit it was behind', () => {
    expect(caretAfter(grouped('1234'), 4)).toBe(5);
    expect(caretAfter(grouped('1234'), 1)).toBe(1);
    expect(caretAfter(grouped('1234'), 0)).toBe(0);
  });

  it('distances and sizes are short', () => {
    expect(distance(418)).toEqual({ number: '420', unit: 'm' });
    expect(distance(1874)).toEqual({ number: '1.9', unit: 'km' });
    expect(distance(996)).toEqual({ number: '1.0', unit: 'km' });
    expect(size(1536)).toEqual({ number: '1.5', unit: 'kB' });
    expect(size(3 * 1024 * 1024)).toEqual({ number: '3.0', unit: 'MB' });
  });
});

describe('codes', () => {
  it('an account is grouped in fours', () => {
    expect(plain(account('4101234567'))).toBe('4101 2345 67');
  });

  it('a 22-digit asset number is shown by its fields', () => {
    expect(plain(asset('4130001000000000000012'))).toBe('41 3 00 01 00000000000001 2');
    expect(plain(asset('123456789012345678'))).toBe('1234 5678 9012 3456 78');
    expect(asset('ABC-17')).toBe('ABC-17');
    expect(plain(assetTail('4130001000000000000012'))).toBe('…0000 0012');
  });

  it("a card's serial and a meter's number are grouped in fours", () => {
    expect(plain(cardSerial('9c410b7e25d06a18'))).toBe('9C41 0B7E 25D0 6A18');
    expect(cardTail('9c410b7e25d06a18')).toBe('…6A18');
    expect(plain(inFours('000012345678'))).toBe('0000 1234 5678');
  });

  it.each([
    ['23716100501183194197', 'credit'],
    ['67206107716095682372', 'credit'],
    ['56493153725450313471', 'test'],
    ['50901894209860263092', 'management'],
    ['29511990995826640868', 'management'],
    // the largest 66 bits, and one more
    ['73786976294838206463', 'reserved'],
    ['73786976294838206464', null],
    ['2371610050118319419', null],
    ['2371610050118319419x', null],
  ])('the token %s is of class %s', (token, kind) => {
    expect(tokenClass(token)).toBe(kind);
  });

  it('a phone hides its middle', () => {
    expect(maskedPhone('138 1234 2210')).toBe('138****2210');
    expect(maskedPhone('110')).toBe('***10');
  });

  it('a typed code loses gaps and keeps leading zeros', () => {
    expect(typedCode(' 00 1７-a ')).toBe('0017A');
  });
});

describe('times', () => {
  it('today has no date, another day has one', () => {
    expect(clock(at(9, 5))).toBe('09:05');
    expect(moment(at(9, 5), at(18, 0), 'zh')).toBe('09:05');
    expect(moment(at(9, 5, 13), at(18, 0), 'zh')).toBe('8月13日 09:05');
    expect(day(at(9, 5), 'en')).toBe('14 August');
    expect(calendarDay('2026-08-14', 'zh')).toBe('8月14日');
  });

  it("a card's clock is told as written, and none where none is set", () => {
    expect(cardClock('2608141205')).toBe('2026-08-14 12:05');
    expect(cardClock('2613140000')).toBe('2026-13-14 00:00');
    expect([cardClock('0000000000'), cardClock('26')]).toEqual([null, null]);
  });

  it('an appointment is a time or a span of time', () => {
    expect(appointment(at(9, 30), null, at(8, 0), 'zh')).toBe('09:30');
    expect(appointment(at(9, 30), at(11, 0), at(8, 0), 'zh')).toBe('09:30–11:00');
  });

  it('a wait is told in the unit that fits', () => {
    expect(span(8_400)).toEqual({ number: '8', unit: 's' });
    expect(span(180_000)).toEqual({ number: '3', unit: 'min' });
    expect(span(7_200_000)).toEqual({ number: '2', unit: 'h' });
  });
});

describe('a readout', () => {
  const said = (items: [MeterItem, string][]): Readout => ({
    protocol: 'dlt645',
    comm_address: '000000000001',
    items: items.map(([item, value]) => ({ item, status: 'read', value: { kind: 'quantity', value } })),
    wire_ms: 1,
  });

  it('says a register by its item, and what is overdrawn as money below zero', () => {
    expect(saidOf(said([['forward_total', '12345.67']]), 'forward_total')).toBe('12345.67');
    expect(saidOf(said([['forward_total', '12345.67']]), 'forward_t1')).toBeNull();
    expect(saidOf(said([['money_left', '87.65'], ['overdraft', '0.00']]), 'money_left')).toBe('87.65');
    expect(saidOf(said([['money_left', '0.00'], ['overdraft', '12.30']]), 'money_left')).toBe('-12.30');
    const refused: Readout = { ...said([]), items: [{ item: 'forward_t1', status: 'refused', why: 'no_such_item' }] };
    expect(saidOf(refused, 'forward_t1')).toBeNull();
    expect(saidOf(null, 'forward_total')).toBeNull();
  });

  it('agrees with a display that was read up to one unit before', () => {
    expect(agree('12344.67', '12345.67')).toBe(true);
    expect(agree('12344.66', '12345.67')).toBe(false);
  });

  it('a clock is compared with the tablet, later is more', () => {
    expect(clockError('2026-08-14T09:05:00', at(9, 2))).toBe(180_000);
    expect(clockError('2026-08-14T09:00:00', at(9, 2))).toBe(-120_000);
    expect(clockError('2026-13-14T09:00:00', at(9, 2))).toBeNull();
  });
});

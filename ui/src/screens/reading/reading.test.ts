import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import { said } from '../../host/fake/meter';
import { ReadingState } from './reading.svelte';

const open = async (host = fakeHost(), order = 'o-22') => {
  const reading = new ReadingState(host, order, 'old_reading');
  await reading.load();
  return reading;
};
const fill = (reading: ReadingState, peak: string) => {
  reading.type('forward_total', '12345.67');
  reading.type('forward_t2', peak);
  reading.type('forward_t4', '8233.37');
  reading.type('money_left', '87.65');
};

describe('a reading', () => {
  it('asks for the photo before the values', async () => {
    const reading = await open();
    expect(reading.photosDone).toBe(false);
    await reading.photo(new Blob(['made up']));
    expect(reading.photosDone).toBe(true);
  });

  it('sets each value beside the last billed one and says what was used', async () => {
    const reading = await open();
    reading.type('forward_total', '12345.67');
    expect(reading.lines[0]).toMatchObject({
      register: 'forward_total',
      before: '12101.20',
      typed: '12345.67',
      used: '244.47',
    });
    expect(reading.missing).toBe('forward_t2');
  });

  it('a question is answered with a reason, which goes with the record', async () => {
    const reading = await open();
    fill(reading, '4001.30');
    expect(await reading.submit()).toBe(false);
    expect(reading.questions).toMatchObject([
      { check: 'not_below_last_billed', register: 'forward_t2', expected: '4010.02', found: '4001.30' },
    ]);
    reading.reason('not_below_last_billed', 'the display shows this');
    reading.confirmed['not_below_last_billed'] = true;
    expect(await reading.submit()).toBe(true);
    expect(reading.view?.record).toMatchObject({ findings: [{ reason: 'the display shows this' }] });
  });

  it('a corrected value is asked about anew', async () => {
    const reading = await open();
    fill(reading, '4001.30');
    await reading.submit();
    reading.type('forward_t2', '4112.30');
    expect(reading.questions).toEqual([]);
    expect(await reading.submit()).toBe(true);
  });

  it('half-typed values are there after a kill, and gone once saved', async () => {
    const host = fakeHost();
    const reading = await open(host);
    reading.type('forward_total', '12');
    await reading.draft.settled();
    const again = await open(host);
    expect(again.lines[0]?.typed).toBe('12');
    expect(again.active).toBe('forward_t2');
    fill(again, '4112.30');
    await again.submit();
    expect(await host.draft('o-22', 'old_reading')).toBeNull();
  });

  it('what was recorded before is there to be changed', async () => {
    const reading = await open(fakeHost(), 'o-17');
    expect(reading.lines.map(({ typed }) => typed)).toEqual(['12345.67', '4112.30', '8233.37', '87.65']);
  });
});

describe('a reading beside what the meter said', () => {
  /** The step as it is once a readout was used. */
  const used = async (differs = false, typed: { [register: string]: string } = {}) => {
    const host = fakeHost();
    await host.save_draft('o-22', 'old_reading', JSON.stringify({ typed, readout: said(false, differs) }));
    const reading = await open(host);
    await reading.photo(new Blob(['made up']));
    return { host, reading };
  };
  const recorded = (reading: ReadingState) => {
    const record = reading.view?.record;
    return record?.record === 'reading' ? record : expect.fail('nothing is recorded');
  };

  it('one tap fills all registers; what was typed and agrees is kept beside it', async () => {
    const { reading } = await used(false, { forward_total: '12345.00' });
    expect(reading.missing).toBe('forward_t2');
    expect(reading.fillable.map(({ register }) => register)).toEqual(['forward_total', 'forward_t2', 'forward_t4', 'money_left']);
    reading.fill();
    expect([reading.missing, reading.fillable, reading.active]).toEqual([null, [], null]);
    expect(await reading.submit()).toBe(true);
    const { values, readout } = recorded(reading);
    expect(values).toEqual([
      { register: 'forward_total', value: '12345.67', source: 'infrared', also: [{ source: 'typed', value: '12345.00' }] },
      { register: 'forward_t2', value: '4112.30', source: 'infrared' },
      { register: 'forward_t4', value: '8233.37', source: 'infrared' },
      { register: 'money_left', value: '87.65', source: 'infrared' },
    ]);
    expect(readout).toEqual(said(false));
  });

  it('a disagreement is not filled and must be answered before anything is recorded', async () => {
    const { reading } = await used(true, { forward_total: '12345.67', forward_t4: '8323.37' });
    expect(reading.disputes.map(({ register }) => register)).toEqual(['forward_total']);
    reading.fill();
    expect(reading.disputes.map(({ register }) => register)).toEqual(['forward_total']);
    expect(await reading.submit()).toBe(false);
    expect(reading.view?.record).toBeNull();
  });

  it('infrared chosen keeps what was typed; the rule book asks why', async () => {
    const { reading } = await used(true, { forward_total: '12345.67' });
    reading.fill();
    reading.choose('forward_total', 'infrared');
    expect(await reading.submit()).toBe(false);
    expect(reading.questions).toMatchObject([
      { check: 'sources_agree', register: 'forward_total', expected: '12345.67', found: '12435.67' },
    ]);
    reading.reason('sources_agree', 'the display was misread');
    reading.confirmed['sources_agree'] = true;
    expect(await reading.submit()).toBe(true);
    expect(recorded(reading).values[0]).toEqual({
      register: 'forward_total',
      value: '12435.67',
      source: 'infrared',
      also: [{ source: 'typed', value: '12345.67' }],
    });
    expect(recorded(reading).findings).toMatchObject([{ reason: 'the display was misread' }]);
  });

  it('typed chosen is recorded as typed; what the meter said stands in the readout', async () => {
    const { reading } = await used(true, { forward_total: '12345.67' });
    reading.fill();
    reading.choose('forward_total', 'typed');
    await reading.submit();
    reading.reason('sources_agree', 'as the photo shows');
    reading.confirmed['sources_agree'] = true;
    expect(await reading.submit()).toBe(true);
    expect(recorded(reading).values[0]).toEqual({ register: 'forward_total', value: '12345.67', source: 'typed' });
    expect(recorded(reading).readout).toEqual(said(false, true));
  });

  it('who rather chooses again is asked again', async () => {
    const { reading } = await used(true, { forward_total: '12345.67' });
    reading.fill();
    reading.choose('forward_total', 'typed');
    await reading.submit();
    reading.correct('sources_agree');
    expect(reading.disputes.map(({ register }) => register)).toEqual(['forward_total']);
    expect(reading.chosen['forward_t4']).toBe('infrared');
  });

  it('a number is not disputed while it is being typed, only once it has all its places', async () => {
    const { reading } = await used();
    reading.active = 'forward_total';
    reading.type('forward_total', '12');
    expect([reading.disputes, reading.missing]).toEqual([[], 'forward_t2']);
    reading.type('forward_total', '12.00');
    expect(reading.disputes).toHaveLength(1);
    reading.type('forward_total', '12');
    reading.advance();
    expect(reading.disputes).toHaveLength(1);
  });

  it('a register the meter refused stays typed', async () => {
    const { reading } = await used();
    const refused = said(false);
    refused.items = refused.items.map((one) => (one.item === 'forward_t2' ? { item: one.item, status: 'silent' } : one));
    reading.readout = refused;
    reading.fill();
    expect(reading.missing).toBe('forward_t2');
    reading.type('forward_t2', '4112.30');
    expect(await reading.submit()).toBe(true);
    expect(recorded(reading).values[1]).toEqual({ register: 'forward_t2', value: '4112.30', source: 'typed' });
  });

  it('readout and choices are there after a kill', async () => {
    const { host, reading } = await used(true, { forward_total: '12345.67' });
    reading.fill();
    reading.choose('forward_total', 'infrared');
    await reading.draft.settled();
    const again = await open(host);
    expect(again.readout).toEqual(said(false, true));
    expect(again.lines.map(({ source }) => source)).toEqual(['infrared', 'infrared', 'infrared', 'infrared']);
    expect(again.lines[0]).toMatchObject({ typed: '12345.67', infrared: '12435.67', value: '12435.67', differs: true });
  });

  it('a draft nobody can read leaves an empty step, not a broken one', async () => {
    const host = fakeHost();
    await host.save_draft('o-22', 'old_reading', '{"typed":{"forward_total":"12"},"chosen":{"forward_t2":"guess"},"readout":{"items":1}}');
    const reading = await open(host);
    expect([reading.readout, reading.chosen, reading.lines[0]?.typed]).toEqual([null, {}, '12']);
  });

  it('a recorded step is corrected from its own readout and sources', async () => {
    const { host, reading } = await used(false, { forward_total: '12345.00' });
    reading.fill();
    await reading.submit();
    const again = await open(host);
    expect(again.readout).toEqual(said(false));
    expect(again.lines[0]).toMatchObject({ source: 'infrared', typed: '12345.00', value: '12345.67' });
    again.choose('forward_total', 'typed');
    expect(await again.submit()).toBe(true);
    expect(recorded(again).values[0]).toEqual({ register: 'forward_total', value: '12345.00', source: 'typed' });
    expect(recorded(again).readout).toEqual(said(false));
  });

  it('what a photo said of a register is kept through a correction', async () => {
    const host = fakeHost();
    await host.act('o-22', {
      action: 'read',
      step: 'old_reading',
      values: [
        { register: 'forward_total', value: '12345.67', source: 'photo', also: [{ source: 'typed', value: '12345.60' }] },
        { register: 'forward_t2', value: '4112.30', source: 'typed', also: [{ source: 'photo', value: '4112.30' }] },
        { register: 'forward_t4', value: '8233.37', source: 'typed' },
        { register: 'money_left', value: '87.65', source: 'typed' },
      ],
      readout: null,
      overrules: [],
    });
    const reading = await open(host);
    const before = recorded(reading).values;
    await reading.photo(new Blob(['made up']));
    expect(await reading.submit()).toBe(true);
    expect(recorded(reading).values).toEqual(before);
  });
});

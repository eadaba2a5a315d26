import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import { said } from '../../host/fake/meter';
import type { Action } from '../../host/types';
import type { Quad } from '../../widgets/aim';
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

describe('a reading beside its photo', () => {
  /** The step after a photo was taken, on a device whose displays all show this. */
  const photographed = async (shows: string, before: (reading: ReadingState) => void = () => undefined) => {
    const host = fakeHost(new URLSearchParams({ shows }));
    const reading = await open(host);
    before(reading);
    const photo = await reading.photo(new Blob(['made up']));
    if (photo) await reading.taken(new Blob(['made up']), photo, null);
    return { host, reading };
  };
  const rest = (reading: ReadingState) => {
    reading.type('forward_t2', '4112.30');
    reading.type('forward_t4', '8233.37');
    reading.type('money_left', '87.65');
  };

  it('is read for the total first, which meters show first', async () => {
    const { reading } = await photographed('012345.67');
    expect(reading.displays.shown).toMatchObject({ glance: { register: 'forward_total', photo: 'reading-11', frame: null } });
    expect(reading.says('forward_total')).toEqual({ is: 'proposes', value: '12345.67' });
  });

  it('proposes and fills nothing before the tap', async () => {
    const { reading } = await photographed('012345.67');
    expect(reading.lines[0]).toMatchObject({ typed: '', value: null, source: 'typed' });
    reading.take('forward_total');
    expect(reading.lines[0]).toMatchObject({ typed: '', photo: '12345.67', value: '12345.67', source: 'photo' });
  });

  it('agrees with what was typed', async () => {
    const { reading } = await photographed('012345.67', (step) => step.type('forward_total', '12345.67'));
    expect(reading.says('forward_total')).toEqual({ is: 'agrees' });
  });

  it('differs, and neither the tap nor the photo writes over what was typed', async () => {
    const { reading } = await photographed('012345.67', (step) => step.type('forward_total', '12435.67'));
    expect(reading.says('forward_total')).toEqual({ is: 'differs', read: '12345.67' });
    reading.take('forward_total');
    expect(reading.lines[0]).toMatchObject({ typed: '12435.67', photo: null, value: '12435.67' });
    rest(reading);
    expect(await reading.submit()).toBe(true);
  });

  it('never writes over half a number', async () => {
    const { reading } = await photographed('012345.67');
    reading.type('forward_total', '1');
    reading.take('forward_total');
    expect(reading.lines[0]).toMatchObject({ typed: '1', photo: null });
  });

  it('never writes over what the meter itself said', async () => {
    const host = fakeHost(new URLSearchParams({ shows: '012435.67' }));
    await host.save_draft('o-22', 'old_reading', JSON.stringify({ readout: said(false) }));
    const reading = await open(host);
    const photo = await reading.photo(new Blob(['made up']));
    if (photo) await reading.taken(new Blob(['made up']), photo, null);
    expect(reading.says('forward_total')).toEqual({ is: 'differs', read: '12435.67' });
    reading.take('forward_total');
    expect(reading.lines[0]).toMatchObject({ photo: null, infrared: '12345.67' });
  });

  it('is compared with what the meter itself said, once that is what counts', async () => {
    const { reading } = await photographed('012345.67', (step) => step.type('forward_total', '12345.60'));
    expect(reading.says('forward_total')).toEqual({ is: 'differs', read: '12345.67' });
    reading.readout = said(false);
    reading.choose('forward_total', 'infrared');
    await expect.poll(() => reading.says('forward_total')).toEqual({ is: 'agrees' });
    reading.choose('forward_total', 'typed');
    await expect.poll(() => reading.says('forward_total')).toEqual({ is: 'differs', read: '12345.67' });
  });

  it('says nothing of a value it was not asked about, and is asked again once the value is whole', async () => {
    const { reading } = await photographed('012345.67');
    reading.type('forward_total', '12345.6');
    expect(reading.says('forward_total')).toBeNull();
    reading.type('forward_total', '12345.67');
    await expect.poll(() => reading.says('forward_total')).toEqual({ is: 'agrees' });
  });

  it('goes into the record with what the program saw', async () => {
    const { host, reading } = await photographed('012345.67', (step) => step.type('forward_total', '12345.67'));
    const acts: Action[] = [];
    const act = host.act.bind(host);
    host.act = (order, action) => {
      acts.push(action);
      return act(order, action);
    };
    rest(reading);
    expect(await reading.submit()).toBe(true);
    expect(acts[0]).toMatchObject({ action: 'read', sightings: [{ shows: 'register', register: 'forward_total', read: '12345.67' }] });
  });

  it('of another register is moved there by the crew, and of no account where it was', async () => {
    const { reading } = await photographed('004112.30');
    reading.take('forward_total');
    await reading.shows('forward_t2');
    expect(reading.lines[0]).toMatchObject({ photo: null, value: null });
    expect(reading.says('forward_total')).toBeNull();
    expect(reading.says('forward_t2')).toEqual({ is: 'proposes', value: '4112.30' });
  });

  it('a second photo is of the next register', async () => {
    const { reading } = await photographed('012345.67');
    const photo = await reading.photo(new Blob(['made up']));
    if (photo) await reading.taken(new Blob(['made up']), photo, null);
    expect(reading.displays.shown?.glance.register).toBe('forward_t2');
  });

  it('without a row says so until the crew frames one', async () => {
    const { reading } = await photographed('');
    expect(reading.displays.shown?.view?.row).toBeNull();
    const frame: Quad = [
      [10, 10],
      [110, 10],
      [110, 40],
      [10, 40],
    ];
    await reading.reframe(frame);
    expect(reading.displays.shown?.glance.frame).toEqual(frame);
    expect(reading.displays.shown?.view?.row?.corners).toEqual(frame);
  });

  it('taken out of the step takes its word along, and the value that was taken from it', async () => {
    const { reading } = await photographed('012345.67');
    reading.take('forward_total');
    await reading.withdraw('reading-11');
    expect([reading.displays.shown, reading.lines[0]?.value]).toEqual([null, null]);
  });

  it('an error code is told with the record, and proposes nothing', async () => {
    const { reading } = await photographed('Err-04');
    expect(reading.displays.shown?.view?.err?.number).toBe(4);
    expect(reading.says('forward_total')).toEqual({ is: 'unsure' });
    expect(reading.displays.sightings()).toMatchObject([{ shows: 'err', code: 4 }]);
  });

  it('what was taken from a photo, and where it was read, are there after a kill', async () => {
    const { host, reading } = await photographed('012345.67');
    reading.take('forward_total');
    await reading.draft.settled();
    const again = await open(host);
    expect(again.lines[0]).toMatchObject({ source: 'photo', value: '12345.67' });
    await expect.poll(() => again.displays.shown?.view?.row?.text).toBe('012345.67');
  });

  it('the newest question counts when answers come late', async () => {
    const host = fakeHost(new URLSearchParams({ shows: '012345.67' }));
    const ask = host.read_display.bind(host);
    const late: (() => void)[] = [];
    host.read_display = async (look) => {
      if (look.frame === null) await new Promise<void>((resolve) => late.push(resolve));
      return ask(look);
    };
    const reading = await open(host);
    const photo = await reading.photo(new Blob(['made up']));
    const first = photo && reading.taken(new Blob(['made up']), photo, null);
    await expect.poll(() => late.length).toBe(1);
    const frame: Quad = [
      [1, 1],
      [9, 1],
      [9, 4],
      [1, 4],
    ];
    await reading.reframe(frame);
    late[0]?.();
    await first;
    expect(reading.displays.shown).toMatchObject({ glance: { frame }, view: { row: { corners: frame } } });
  });
});

describe('a photo that may be of no use', () => {
  const poor = async () => {
    const reading = await open(fakeHost(new URLSearchParams({ hints: 'too_dark,blurred' })));
    await reading.photo(new Blob(['made up']));
    return reading;
  };

  it('is kept, and asked about before the step may be left', async () => {
    const reading = await poor();
    expect([reading.poor?.hints, reading.photosDone, reading.photosAsk]).toEqual([['too_dark', 'blurred'], true, 'photo.decide']);
    reading.keepPoor();
    expect([reading.photosAsk, reading.view?.photos.length]).toEqual([undefined, 1]);
  });

  it('is taken out for a better one', async () => {
    const reading = await poor();
    await reading.withdraw('reading-11');
    expect([reading.poor, reading.photosAsk]).toEqual([null, 'photo.first']);
  });
});

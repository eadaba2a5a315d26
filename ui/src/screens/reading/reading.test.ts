import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
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
    expect(reading.lines[0]).toEqual({
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

import { describe, expect, it } from 'vitest';
import { FakeDesk } from '../../host/desk_fake';
import { seen } from './seen';

const NOW = new Date(2026, 7, 14, 15, 0).getTime();
const desk = new FakeDesk(() => NOW);
const SOURCES = 'GD-20260814-0012';
const JUMP = 'GD-20260814-0007';
const OLD = 'GD-20260814-0025';

describe('what the machine saw', () => {
  it('stands beside what was recorded, label and display in the order of the steps', async () => {
    const { order } = await desk.review(SOURCES);
    const rows = seen(order);
    expect(rows.map(({ step, is, verdict }) => [step, is.what, verdict])).toEqual([
      ['old_meter', 'label', 'same'],
      ['old_reading', 'register', 'same'],
      ['old_reading', 'err', 'code'],
    ]);
    expect(rows[0]?.sighting.proof).toBe('crew');
    const reading = order.work['old_reading'];
    if (reading?.record !== 'reading' || !reading.values[0]) return expect.fail();
    reading.values[0].value = '20388.16';
    expect(seen(order)[1]?.verdict).toBe('differs');
    reading.values[0].value = '020388.150';
    expect(seen(order)[1]?.verdict, 'the same number written otherwise').toBe('same');
  });

  it('an unsure look and an order without any say nothing', async () => {
    const [row] = seen((await desk.review(JUMP)).order);
    expect([row?.verdict, row?.read]).toEqual(['unsure', null]);
    expect(seen((await desk.review(OLD)).order)).toEqual([]);
  });
});

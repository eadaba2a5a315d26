import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import { said } from '../../host/fake/meter';
import type { Host } from '../../host/host';
import type { MeterProgress } from '../../host/types';
import { MeterState } from './meter.svelte';

const device = (mood = 'ok') => fakeHost(new URLSearchParams({ meter: mood, meter_ms: '0' }));
const open = async (host: Host, step = 'old_reading') => {
  const meter = new MeterState(host, 'o-17', step);
  await meter.load();
  return meter;
};
/** Resolves once the meter has said so many items. */
const heard = (host: Host, items: number) =>
  new Promise<void>((resolve) => {
    const stop = host.on_meter((progress: MeterProgress) => {
      if (progress.meter !== 'item' || progress.done < items) return;
      stop();
      resolve();
    });
  });

describe('the port', () => {
  it('used last is chosen already', async () => {
    const meter = await open(device());
    expect(meter.ports?.map(({ name }) => name)).toEqual(['/dev/ttyUSB0', '/dev/ttyUSB1']);
    expect(meter.port).toBe('/dev/ttyUSB0');
  });

  it('is asked for when there are several and none was used before', async () => {
    const host = device();
    const ports = { ...(await host.meter_ports()), last: null };
    host.meter_ports = () => Promise.resolve(ports);
    expect((await open(host)).port).toBeNull();
    ports.ports = ports.ports.slice(1);
    expect((await open(host)).port).toBe('/dev/ttyUSB1');
  });

  it('may be a serial server, and the last one comes back', async () => {
    const host = device('none');
    const meter = await open(host);
    expect([meter.ports, meter.port]).toEqual([[], null]);
    meter.typed = ' tcp://10.0.0.7:4001 ';
    await meter.start();
    expect(meter.stage).toBe('done');
    meter.leave();
    expect((await open(host)).typed).toBe('tcp://10.0.0.7:4001');
  });

  it('that was tapped goes before what was typed', async () => {
    const meter = await open(device());
    meter.typed = 'COM7';
    expect(meter.port).toBe('COM7');
    meter.pick('/dev/ttyUSB1');
    expect(meter.port).toBe('/dev/ttyUSB1');
  });

  it('that was pulled is chosen no more', async () => {
    const host = device();
    const meter = await open(host);
    host.meter_ports = () => Promise.resolve({ ports: [], last: '/dev/ttyUSB0' });
    await meter.look();
    expect(meter.port).toBeNull();
  });
});

describe('a reading', () => {
  it('tells how far it is: the language, who answered, item by item', async () => {
    const host = device('stuck');
    const meter = await open(host);
    const reading = meter.start();
    await heard(host, 6);
    expect(meter.stage).toBe('running');
    expect([meter.protocol, meter.comm_address]).toEqual(['dlt645', '000000000001']);
    expect([meter.items.length, meter.of]).toEqual([6, 10]);
    meter.cancel();
    await reading;
  });

  it('can be stopped at any time and leaves nothing', async () => {
    const host = device('stuck');
    const meter = await open(host);
    const reading = meter.start();
    await heard(host, 3);
    meter.cancel();
    await reading;
    expect(meter.problem).toEqual({ error: 'meter', why: 'cancelled', found: null });
    expect(meter.stage).toBe('ports');
    expect(await meter.use()).toBe(false);
  });

  it('is stopped by leaving the screen', async () => {
    const host = device('stuck');
    let stopped = 0;
    const { cancel_meter } = host;
    host.cancel_meter = () => {
      stopped += 1;
      return cancel_meter();
    };
    const meter = await open(host);
    const reading = meter.start();
    await heard(host, 1);
    meter.leave();
    await reading;
    expect(stopped).toBe(1);
    const idle = await open(host);
    idle.leave();
    expect(stopped).toBe(1);
  });

  it('that failed says why and keeps nothing', async () => {
    const host = device('other_meter');
    const meter = await open(host);
    await meter.start();
    expect(meter.problem).toEqual({ error: 'meter', why: 'other_meter', found: '000000000002' });
    expect([meter.stage, meter.heard]).toEqual(['ports', null]);
  });

  it('that ended is there after a kill, though nobody used it yet', async () => {
    const host = device();
    const meter = await open(host);
    await meter.start();
    const at = meter.heard?.at;
    // What is kept reaches the device before the next question to it is answered.
    const again = await open(host);
    expect(again.stage).toBe('done');
    expect(again.heard).toEqual({ readout: said(false), at });
  });

  it('that is used becomes part of what the step keeps, word by word', async () => {
    const host = device();
    await host.save_draft('o-17', 'old_reading', JSON.stringify({ typed: { forward_t2: '41' }, chosen: { forward_t2: 'typed' } }));
    const meter = await open(host);
    await meter.start();
    expect(await meter.use()).toBe(true);
    const kept: unknown = JSON.parse((await host.draft('o-17', 'old_reading')) ?? '');
    expect(kept).toMatchObject({ readout: said(false), chosen: {}, heard: null, typed: { forward_t2: '41' } });
  });

  it('leaves what the photo said as it was', async () => {
    const host = device();
    const glance = { register: 'forward_total', photo: 'reading-1', width: 4, height: 3, frame: null };
    const draft = { photo: { forward_total: '12345.67' }, glances: { forward_total: glance } };
    await host.save_draft('o-17', 'old_reading', JSON.stringify(draft));
    const meter = await open(host);
    await meter.start();
    await meter.use();
    expect(JSON.parse((await host.draft('o-17', 'old_reading')) ?? '')).toMatchObject(draft);
  });

  it('of a new meter is another one', async () => {
    const host = device();
    await host.save_route('order/o-17/new_reading/!meter');
    const meter = await open(host, 'new_reading');
    await meter.start();
    expect(meter.heard?.readout).toEqual(said(true));
  });
});

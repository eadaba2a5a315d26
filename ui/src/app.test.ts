import { describe, expect, it } from 'vitest';
import { App } from './app.svelte';
import { fakeHost } from './host/fake';
import { signal } from './widgets/signal';

const start = async (query: string) => {
  const host = fakeHost(new URLSearchParams(query));
  const app = new App(host);
  await app.start();
  return { app, host };
};

describe('the app', () => {
  it('lands on the step it was killed on', async () => {
    const { app } = await start('route=order/o-17/old_reading');
    expect(app.place).toEqual({ screen: 'step', order_id: 'o-17', step_id: 'old_reading' });
  });

  it('a new tablet begins with enrolment', async () => {
    const { app } = await start('enrolled=0&route=order/o-17');
    expect(app.place).toEqual({ screen: 'enrol' });
  });

  it('every change of place is kept by the device', async () => {
    const { app, host } = await start('');
    app.go({ screen: 'order', order_id: 'o-18' });
    expect((await host.status()).route).toBe('order/o-18');
    app.go({ screen: 'step', order_id: 'o-18', step_id: 'site' });
    app.back();
    expect(app.place).toEqual({ screen: 'order', order_id: 'o-18' });
    app.back();
    expect((await host.status()).route).toBe('today');
  });

  it('reading a meter lies over its step', async () => {
    const { app, host } = await start('');
    app.go({ screen: 'step', order_id: 'o-17', step_id: 'old_reading' });
    app.go({ screen: 'meter', order_id: 'o-17', step_id: 'old_reading' });
    expect((await host.status()).route).toBe('order/o-17/old_reading/!meter');
    app.back();
    expect(app.place).toEqual({ screen: 'step', order_id: 'o-17', step_id: 'old_reading' });
  });

  it('a screen that may not be left is not, by its own back button either', async () => {
    const { app } = await start('card=old');
    app.go({ screen: 'step', order_id: 'o-17', step_id: 'card' });
    app.held = true;
    app.returned('order/o-17');
    expect(app.place).toMatchObject({ screen: 'step', step_id: 'card' });
    app.held = false;
    app.returned('order/o-17');
    expect(app.place).toEqual({ screen: 'order', order_id: 'o-17' });
  });

  it('a look at the deliveries leads back to the order it was opened from', async () => {
    const { app } = await start('');
    app.go({ screen: 'order', order_id: 'o-18' });
    app.go({ screen: 'sync' });
    app.go({ screen: 'settings' });
    app.back();
    expect(app.place).toEqual({ screen: 'order', order_id: 'o-18' });
    app.back();
    expect(app.place).toEqual({ screen: 'today' });
  });

  it('is silent where the crew wants no sound, from the start on', async () => {
    const { app, host } = await start('');
    expect(signal.sound).toBe(true);
    await app.change({ ...app.settings, quiet: true });
    expect(signal.sound).toBe(false);
    signal.sound = true;
    await new App(host).start();
    expect(signal.sound).toBe(false);
    signal.sound = true;
  });

  it('a failure to start is told and can be tried again', async () => {
    const host = fakeHost();
    const { status } = host;
    host.status = () => Promise.reject(new Error('no'));
    const app = new App(host);
    await app.start();
    expect(app.problem).toEqual({ error: 'unexpected', detail: 'Error' });
    host.status = status;
    await app.start();
    expect(app.problem).toBeNull();
    expect(app.enrolled).not.toBeNull();
  });
});

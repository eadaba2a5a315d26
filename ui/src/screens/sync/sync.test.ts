import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import { HostError } from '../../host/host';
import { SyncScreenState } from './sync.svelte';

describe('the sync screen', () => {
  it('shows what the device tells while it works', async () => {
    const host = fakeHost();
    const sync = new SyncScreenState(host);
    await sync.load();
    const view = await host.sync();
    sync.heard({ ...view, state: { sync: 'idle' } });
    expect(sync.view?.state).toEqual({ sync: 'idle' });
  });

  it('a failed try leaves the picture and says why', async () => {
    const host = fakeHost();
    host.sync_now = () => Promise.reject(new HostError({ error: 'store', detail: 'x' }));
    const sync = new SyncScreenState(host);
    await sync.now();
    expect(sync.problem).toMatchObject({ error: 'store' });
    expect(sync.view).not.toBeNull();
    expect(sync.busy).toBe(false);
  });
});

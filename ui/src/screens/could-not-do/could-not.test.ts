import { describe, expect, it, vi } from 'vitest';
import { fakeHost } from '../../host/fake';
import { CouldNotState } from './could-not.svelte';

describe('an order that could not be done', () => {
  it('ends with a reason of its table and the crew’s words, which survive a kill', async () => {
    const host = fakeHost();
    const first = new CouldNotState(host, 'o-17');
    await first.load();
    expect(await first.submit()).toBe(false);
    first.choose('burnt_terminals');
    first.type(' burnt, box must be changed ');
    await vi.waitFor(async () => expect(await host.draft('o-17', 'could_not')).toContain('changed'));
    const again = new CouldNotState(host, 'o-17');
    await again.load();
    expect(again.reason).toBe('burnt_terminals');
    expect(await again.submit()).toBe(true);
    expect((await host.order('o-17')).order.state).toMatchObject({
      state: 'could_not_do',
      reason: 'burnt_terminals',
      remark: 'burnt, box must be changed',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import { ASSETS } from '../../host/fake/sample';
import { AttachState } from './attach.svelte';

const open = async (host = fakeHost()) => {
  const attach = new AttachState(host, 'o-20', 'attach');
  await attach.load();
  return attach;
};

describe('meters under a terminal', () => {
  it('take the next measuring point and the address their number hints at', async () => {
    const attach = await open();
    attach.add(ASSETS.old);
    attach.add(ASSETS.fresh);
    attach.add(ASSETS.fresh);
    expect(attach.rows.map(({ measuring_point, comm_address }) => [measuring_point, comm_address])).toEqual([
      ['1', '000000000001'],
      ['2', '123456789012'],
    ]);
    expect(attach.waiting).toEqual([ASSETS.other]);
  });

  it('a row without address or point is incomplete', async () => {
    const attach = await open();
    attach.add(ASSETS.old);
    expect(attach.incomplete).toBeNull();
    const [row] = attach.rows;
    if (row) attach.set(row, { measuring_point: 'x' });
    expect(attach.incomplete).not.toBeNull();
  });

  it('a typed text that is no number says so', async () => {
    const attach = await open();
    await attach.addText('4711');
    expect(attach.fault).toEqual({ fault: 'length', digits: 22 });
    expect(attach.rows).toEqual([]);
  });

  it('are recorded with numbers as numbers, and survive a kill before that', async () => {
    const host = fakeHost();
    const attach = await open(host);
    attach.add(ASSETS.old);
    await attach.draft.settled();
    const again = await open(host);
    expect(await again.submit()).toBe(true);
    expect(again.view?.record).toMatchObject({
      meters: [{ asset_no: ASSETS.old, measuring_point: 1, answered: 'not_tried' }],
    });
  });
});

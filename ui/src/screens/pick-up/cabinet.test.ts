import { describe, expect, it } from 'vitest';
import type { Look } from '../../host/camera';
import { fakeHost } from '../../host/fake';
import { CabinetState } from './cabinet.svelte';

const issued = '4130001000000000000029';
const picture = new Blob(['made up']);
/** What the camera sees, as the made-up device reads it. */
const look = async (query: string): Promise<Look> => ({
  seen: await fakeHost(new URLSearchParams(query)).scan_image(new Uint8Array(), null, 'frame', null),
  picture: { blob: picture, width: 1280, height: 720 },
});
const open = async (query: string, direction: 'pick_up' | 'return' = 'pick_up', now = { ms: 0 }) => {
  const cabinet = new CabinetState(fakeHost(new URLSearchParams(query)), direction, () => now.ms);
  await cabinet.load();
  return cabinet;
};

describe('the cabinet', () => {
  it('keeps a running tally against the issue list', async () => {
    const cabinet = await open('');
    expect([cabinet.done.length, cabinet.open.length]).toEqual([1, 5]);
    await cabinet.code(issued, 'hardware_scanner');
    expect([cabinet.done.length, cabinet.open.length]).toEqual([2, 4]);
    expect(cabinet.passed[0]).toEqual({ asset_no: issued, problem: null });
  });

  it('a wrong one says why and leaves the tally alone', async () => {
    const cabinet = await open('');
    await cabinet.code('9999999999999999999999', 'typed_twice');
    expect(cabinet.passed[0]?.problem).toMatchObject({ refusal: { code: 'unknown_asset' } });
    expect(cabinet.open).toHaveLength(5);
  });

  it('a label held before the camera is taken once, and again after a while', async () => {
    const now = { ms: 10_000 };
    const cabinet = await open('', 'pick_up', now);
    await cabinet.seen(await look(`seen=${issued}`));
    now.ms += 400;
    await cabinet.seen(await look(`seen=${issued}`));
    expect(cabinet.passed).toHaveLength(1);
    now.ms += 60_000;
    await cabinet.seen(await look(`seen=${issued}`));
    expect(cabinet.passed[0]?.problem).toMatchObject({ refusal: { code: 'already_picked_up' } });
  });

  it('looking never ends after a hit: the next meter follows', async () => {
    const cabinet = await open('');
    expect(await cabinet.seen(await look(`seen=${issued}`))).toBe(false);
  });

  it('a label that was hard to read is not taken before it was seen twice', async () => {
    const cabinet = await open('');
    await cabinet.seen(await look(`seen=${issued}~`));
    expect(cabinet.passed).toEqual([]);
  });

  it('hands back what the crew has in hand or took down', async () => {
    const cabinet = await open('', 'return');
    expect(cabinet.open.map(({ place }) => place)).toEqual(['in_hand', 'removed']);
  });
});

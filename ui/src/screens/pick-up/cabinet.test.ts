import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import { CabinetState } from './cabinet.svelte';

const issued = '4130001000000000000029';
const picture = new Blob(['made up']);
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
    const cabinet = await open(`seen=${issued}`, 'pick_up', now);
    await cabinet.frame(picture);
    now.ms += 400;
    await cabinet.frame(picture);
    expect(cabinet.passed).toHaveLength(1);
    now.ms += 60_000;
    await cabinet.frame(picture);
    expect(cabinet.passed[0]?.problem).toMatchObject({ refusal: { code: 'already_picked_up' } });
  });

  it('looking never ends after a hit: the next meter follows', async () => {
    const cabinet = await open(`seen=${issued}`);
    expect(await cabinet.frame(picture)).toBe(false);
  });

  it('hands back what the crew has in hand or took down', async () => {
    const cabinet = await open('', 'return');
    expect(cabinet.open.map(({ place }) => place)).toEqual(['in_hand', 'removed']);
  });
});

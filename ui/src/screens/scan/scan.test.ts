import { describe, expect, it, vi } from 'vitest';
import { fakeHost } from '../../host/fake';
import { ASSETS } from '../../host/fake/sample';
import { ScanState } from './scan.svelte';

const picture = new Blob(['made up']);
const open = async (query: string, step = 'new_meter') => {
  const host = fakeHost(new URLSearchParams(query));
  const scan = new ScanState(host, 'o-17', step);
  await scan.load();
  return { host, scan };
};

describe('a scan', () => {
  it('one number on the picture is judged by the device at once', async () => {
    const { scan } = await open(`seen=${ASSETS.fresh},${ASSETS.fresh}`);
    const done = new Promise<void>((resolve) => (scan.ondone = resolve));
    expect(await scan.frame(picture)).toBe(true);
    await done;
    expect(scan.view?.record).toMatchObject({
      record: 'scan',
      asset_no: ASSETS.fresh,
      source: 'camera',
      image: 'nameplate-1',
    });
  });

  it('of several numbers a person chooses, and the picture stays with it', async () => {
    const { scan } = await open(`seen=${ASSETS.fresh},${ASSETS.other}`);
    scan.by('image');
    await scan.file(picture);
    expect(scan.several).toEqual([ASSETS.fresh, ASSETS.other]);
    expect(await scan.choose(ASSETS.fresh)).toBe(true);
    expect(scan.view?.record).toMatchObject({ source: 'image_file', image: 'nameplate-1' });
  });

  it('a frame of the camera is glanced at, a chosen picture searched in full', async () => {
    const { host, scan } = await open('');
    const look = vi.spyOn(host, 'scan_image');
    await scan.frame(picture);
    await scan.file(picture);
    expect(look.mock.calls.map(([, , effort]) => effort)).toEqual(['frame', 'photo']);
  });

  it('a picture without a number says so and records nothing', async () => {
    const { scan } = await open('');
    await scan.file(picture);
    expect(scan.nothing).toBe(true);
    expect(scan.view?.record).toBeNull();
  });

  it('a wrong meter is refused with the two numbers', async () => {
    const { scan } = await open('', 'old_meter');
    expect(await scan.code(ASSETS.other, 'typed_twice')).toBe(false);
    expect(scan.problem).toMatchObject({ refusal: { code: 'wrong_asset', expected: ASSETS.old, found: ASSETS.other } });
  });

  it('a number nobody knows is asked about, and goes on with a reason', async () => {
    const { scan } = await open('');
    expect(await scan.code('4130001000000000000029', 'typed_twice')).toBe(false);
    expect(scan.questions.map(({ check }) => check)).toEqual(['in_custody']);
    scan.reason('in_custody', 'just picked up');
    scan.confirmed['in_custody'] = true;
    expect(await scan.again()).toBe(true);
    expect(scan.view?.record).toMatchObject({ findings: [{ check: 'in_custody', reason: 'just picked up' }] });
  });

  it('what was typed is there after a kill', async () => {
    const { host, scan } = await open('');
    scan.type('4130001', '413');
    await scan.draft.settled();
    const again = new ScanState(host, 'o-17', 'new_meter');
    await again.load();
    expect(again.typed).toEqual({ first: '4130001', second: '413' });
    expect(again.way).toBe('typed');
  });

  it('a number that is none says why before it is typed again', async () => {
    const { scan } = await open('');
    scan.type('4130', '');
    await vi.waitFor(() => expect(scan.fault).toEqual({ fault: 'length', digits: 22 }));
  });
});

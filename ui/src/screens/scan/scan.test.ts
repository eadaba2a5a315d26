import { describe, expect, it, vi } from 'vitest';
import type { Look } from '../../host/camera';
import { fakeHost } from '../../host/fake';
import { ASSETS } from '../../host/fake/sample';
import type { Host } from '../../host/host';
import { signal } from '../../widgets/signal';
import { ScanState } from './scan.svelte';

const picture = new Blob(['made up']);
const open = async (query: string, step = 'new_meter') => {
  const host = fakeHost(new URLSearchParams(query));
  const scan = new ScanState(host, 'o-17', step);
  await scan.load();
  return { host, scan };
};
/** One frame of the camera, as the device reads it. */
const look = async (host: Host): Promise<Look> => ({
  seen: await host.scan_image(new Uint8Array(), 'o-17', 'frame', null),
  picture: { blob: picture, width: 1280, height: 720 },
});
/** Looks until the screen holds a frame, at most `most` times; answers how often it looked. */
const looksUntilHeld = async (host: Host, scan: ScanState, most: number): Promise<number> => {
  for (let n = 1; n <= most; n += 1) if (scan.seen(await look(host))) return n;
  return most + 1;
};
const recorded = (scan: ScanState) => {
  const record = scan.view?.record;
  return record?.record === 'scan' ? record : null;
};

describe('a scan', () => {
  it('one number in the frame is judged by the device at once, with what the program saw', async () => {
    const { host, scan } = await open(`seen=${ASSETS.fresh},${ASSETS.fresh}`);
    const act = vi.spyOn(host, 'act');
    const done = new Promise<void>((resolve) => (scan.ondone = resolve));
    expect(scan.seen(await look(host))).toBe(true);
    await done;
    expect(recorded(scan)).toMatchObject({ asset_no: ASSETS.fresh, source: 'camera', image: 'nameplate-1' });
    expect(act.mock.calls[0]?.[1]).toMatchObject({ sighting: { text: ASSETS.fresh, by: 'decoder' } });
  });

  it('says without words that it has the number, and otherwise that something needs a look', async () => {
    const given = vi.spyOn(signal, 'give');
    const { host, scan } = await open(`seen=${ASSETS.fresh}`);
    const done = new Promise<void>((resolve) => (scan.ondone = resolve));
    scan.seen(await look(host));
    await done;
    const several = await open(`seen=${ASSETS.fresh},${ASSETS.other}`);
    several.scan.seen(await look(several.host));
    expect(given.mock.calls).toEqual([['good'], ['odd']]);
    given.mockRestore();
  });

  it('of several numbers a person chooses, and the picture stays with it', async () => {
    const { scan } = await open(`seen=${ASSETS.fresh},${ASSETS.other}`);
    scan.by('image');
    await scan.file(picture);
    expect(scan.several.map(({ asset_no }) => asset_no)).toEqual([ASSETS.fresh, ASSETS.other]);
    expect(recorded(scan)).toBeNull();
    expect(await scan.choose(ASSETS.fresh)).toBe(true);
    expect(recorded(scan)).toMatchObject({ source: 'image_file', image: 'nameplate-1' });
  });

  it('each of several says where it belongs', async () => {
    const { scan } = await open(`seen=${ASSETS.old},${ASSETS.fresh},9990009000000000000011`);
    await scan.file(picture);
    expect(scan.several.map(({ belongs }) => belongs)).toEqual(['order', 'custody', 'unknown']);
  });

  it('none of several goes back to looking and records nothing', async () => {
    const { host, scan } = await open(`seen=${ASSETS.fresh},${ASSETS.other}`);
    expect(scan.seen(await look(host))).toBe(true);
    scan.look_again();
    expect([scan.several, scan.held, recorded(scan)]).toEqual([[], null, null]);
  });

  it('a number that was hard to read is taken when a second frame says the same', async () => {
    const { host, scan } = await open(`seen=${ASSETS.fresh}~`);
    const done = new Promise<void>((resolve) => (scan.ondone = resolve));
    expect(scan.seen(await look(host))).toBe(false);
    expect(recorded(scan)).toBeNull();
    expect(scan.seen(await look(host))).toBe(true);
    await done;
    expect(recorded(scan)?.asset_no).toBe(ASSETS.fresh);
  });

  it('one that no second frame confirms is asked about, and never taken by itself', async () => {
    const { host, scan } = await open(`seen=${ASSETS.fresh}~~`);
    expect(await looksUntilHeld(host, scan, 20)).toBeLessThan(20);
    expect(scan.unsure?.asset_no).toBe(ASSETS.fresh);
    expect(recorded(scan)).toBeNull();
  });

  it('one on a chosen picture has no second frame and is asked about at once', async () => {
    const { scan } = await open(`seen=${ASSETS.fresh}~~`);
    await scan.file(picture);
    expect([scan.unsure?.asset_no, recorded(scan)]).toEqual([ASSETS.fresh, null]);
  });

  it('compared by the crew it is recorded with the crew as its proof', async () => {
    const { host, scan } = await open(`seen=${ASSETS.fresh}~~`);
    const act = vi.spyOn(host, 'act');
    await scan.file(picture);
    expect(await scan.compared()).toBe(true);
    expect(act.mock.calls[0]?.[1]).toMatchObject({ asset_no: ASSETS.fresh, sighting: { by: 'soft', proof: 'crew' } });
  });

  it('not the same after all records nothing and looks again', async () => {
    const { scan } = await open(`seen=${ASSETS.fresh}~~`);
    await scan.file(picture);
    scan.look_again();
    expect([scan.unsure, recorded(scan)]).toEqual([null, null]);
    expect(await scan.compared()).toBe(false);
  });

  it('chosen among several, one that was hard to read is still compared', async () => {
    const { scan } = await open(`seen=${ASSETS.fresh}~~,${ASSETS.other}`);
    await scan.file(picture);
    expect(await scan.choose(ASSETS.fresh)).toBe(false);
    expect([scan.unsure?.asset_no, recorded(scan)]).toEqual([ASSETS.fresh, null]);
  });

  it('a code that is no number says what it is and looking goes on', async () => {
    const { host, scan } = await open('seen=https://example.com/m/1');
    expect(scan.seen(await look(host))).toBe(false);
    expect(scan.other?.text).toBe('https://example.com/m/1');
  });

  it('a frame of the camera is glanced at, a chosen picture searched in full', async () => {
    const { host, scan } = await open('');
    const asked = vi.spyOn(host, 'scan_image');
    await scan.file(picture);
    expect(asked.mock.calls.map(([, , effort]) => effort)).toEqual(['photo']);
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

  it('typed twice it is recorded with the photo that proves it', async () => {
    const { scan } = await open(`seen=${ASSETS.fresh}`);
    await scan.prove(picture);
    expect(scan.proof).toMatchObject({ hash: 'nameplate-11', reads: ASSETS.fresh });
    expect(await scan.code(ASSETS.fresh, 'typed_twice')).toBe(true);
    expect(recorded(scan)).toMatchObject({ source: 'typed_twice', image: 'nameplate-11' });
  });

  it('a proof on which another number stands says which', async () => {
    const { scan } = await open(`seen=${ASSETS.other}`);
    await scan.prove(picture);
    expect(scan.proof?.reads).toBe(ASSETS.other);
    scan.unprove();
    expect(scan.proof).toBeNull();
  });

  it('what was typed and its proof are there after a kill', async () => {
    const { host, scan } = await open('');
    scan.type('4130001', '413');
    await scan.prove(picture);
    await scan.draft.settled();
    const again = new ScanState(host, 'o-17', 'new_meter');
    await again.load();
    expect(again.typed).toEqual({ first: '4130001', second: '413' });
    expect(again.way).toBe('typed');
    expect(again.proof).toEqual(scan.proof);
  });

  it('a number that is none says why before it is typed again', async () => {
    const { scan } = await open('');
    scan.type('4130', '');
    await vi.waitFor(() => expect(scan.fault).toEqual({ fault: 'length', digits: 22 }));
  });
});

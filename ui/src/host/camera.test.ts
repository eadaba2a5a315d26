import { describe, expect, it, vi } from 'vitest';
import { FakeCameras } from './fake/cameras';
import { Camera } from '../widgets/camera.svelte';

// The camera hands the element on and touches nothing of it.
const video = {} as HTMLVideoElement;
const started = async (change: (cameras: FakeCameras) => void = () => undefined) => {
  const cameras = new FakeCameras();
  change(cameras);
  const camera = new Camera(cameras);
  await camera.start(video);
  return { camera, cameras };
};

describe('a live camera', () => {
  it('is let go of when its screen is left or the app is hidden', async () => {
    const { camera, cameras } = await started();
    expect([camera.state, cameras.open_now.size]).toEqual(['live', 1]);
    camera.stop();
    expect([camera.state, cameras.open_now.size]).toEqual(['off', 0]);
  });

  it('that opens after its screen was left is let go of at once', async () => {
    const cameras = new FakeCameras();
    const camera = new Camera(cameras);
    const go = cameras.hold();
    const opening = camera.start(video);
    camera.stop();
    go();
    await opening;
    expect([camera.state, cameras.open_now.size, cameras.opened]).toEqual(['off', 0, 1]);
  });

  it('says why it shows nothing, and holds on to nothing then', async () => {
    for (const fault of ['denied', 'absent', 'taken', 'failed'] as const) {
      const { camera, cameras } = await started((made) => (made.fault = fault));
      expect([camera.state, cameras.open_now.size]).toEqual([fault, 0]);
    }
  });

  it('started again lets go of the one before', async () => {
    const { camera, cameras } = await started();
    await camera.start(video);
    expect([cameras.opened, cameras.open_now.size]).toEqual([2, 1]);
  });

  it('taken by another app says so, and goes on when it is given back', async () => {
    const { camera, cameras } = await started();
    cameras.happens('taken');
    expect(camera.state).toBe('taken');
    expect(await camera.shoot()).toBeNull();
    cameras.happens('back');
    expect(camera.state).toBe('live');
  });

  it('that is gone is let go of, and giving it back later changes nothing', async () => {
    const { camera, cameras } = await started();
    cameras.happens('gone');
    cameras.happens('back');
    expect([camera.state, cameras.open_now.size]).toEqual(['taken', 0]);
  });

  it('turned with the tablet opens anew, with the lamp as it was', async () => {
    const { camera, cameras } = await started();
    await camera.light(true);
    await camera.turn();
    expect([camera.state, camera.torch, cameras.opened, cameras.open_now.size]).toEqual(['live', 'on', 2, 1]);
  });

  it('whose picture turned opens anew, as when the tablet says that it was turned', async () => {
    const { camera, cameras } = await started();
    cameras.happens('turned');
    expect(cameras.open_now.size).toBe(0);
    await vi.waitFor(() => expect(camera.state).toBe('live'));
    expect([cameras.opened, cameras.open_now.size]).toEqual([2, 1]);
  });

  it('whose permission is taken back while it runs is let go of and says so', async () => {
    const { camera, cameras } = await started();
    cameras.happens('gone');
    expect([camera.state, cameras.open_now.size]).toEqual(['taken', 0]);
    cameras.fault = 'denied';
    await camera.start(video);
    expect([camera.state, cameras.open_now.size]).toEqual(['denied', 0]);
  });

  it('a turn while nothing is shown opens nothing', async () => {
    const { camera, cameras } = await started((made) => (made.fault = 'denied'));
    await camera.turn();
    expect([camera.state, cameras.opened]).toEqual(['denied', 0]);
  });

  it('what was seen before it was let go of is not told after', async () => {
    const { camera, cameras } = await started();
    cameras.looks = [{ seen: { image: null, codes: [] }, picture: { blob: new Blob(), width: 1, height: 1 } }];
    const look = camera.look(null);
    camera.stop();
    expect(await look).toBeNull();
  });

  it('has one look under way at a time', async () => {
    const { camera, cameras } = await started();
    const picture = { blob: new Blob(), width: 1, height: 1 };
    cameras.looks = [
      { seen: { image: 'before', codes: [] }, picture },
      { seen: { image: 'after', codes: [] }, picture },
    ];
    const first = camera.look(null);
    expect(await camera.look(null)).toBeNull();
    expect((await first)?.seen.image).toBe('before');
    expect((await camera.look(null))?.seen.image).toBe('after');
  });

  it('looks again after it opened anew, also when the look before never ended', async () => {
    const { camera, cameras } = await started();
    const [lens] = cameras.open_now;
    if (lens) lens.look = () => new Promise(() => undefined);
    void camera.look(null);
    await camera.turn();
    cameras.looks = [{ seen: { image: 'after', codes: [] }, picture: { blob: new Blob(), width: 1, height: 1 } }];
    expect((await camera.look(null))?.seen.image).toBe('after');
  });

  it('the lamp and zoom of a camera that was let go of say nothing of the next', async () => {
    const { camera } = await started();
    const [lit, nearer] = [camera.light(true), camera.magnify(3)];
    await Promise.all([camera.start(video), lit, nearer]);
    expect([camera.state, camera.torch, camera.zoom?.now]).toEqual(['live', 'off', 1]);
  });

  it('offers the lamp only where there is one that obeys', async () => {
    const { camera } = await started((made) => (made.has.torch = false));
    expect(camera.torch).toBe('none');
    const { camera: other, cameras } = await started();
    cameras.has.obeys = false;
    await other.light(true);
    expect(other.torch).toBe('none');
  });

  it('zooms within what it can', async () => {
    const { camera } = await started();
    await camera.magnify(9);
    expect(camera.zoom?.now).toBe(4);
    await camera.magnify(0.2);
    expect(camera.zoom?.now).toBe(1);
  });
});

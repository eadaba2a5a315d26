import { describe, expect, it, vi } from 'vitest';
import { FakeCameras } from './fake/cameras';
import { Camera } from '../widgets/camera.svelte';
import { hold } from '../widgets/hold';

// The camera hands the element on and touches nothing of it.
const video = {} as HTMLVideoElement;

class Tab extends EventTarget {
  hidden = false;
  hide(hidden: boolean): void {
    this.hidden = hidden;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

/** A screen with a camera that is live. */
async function held() {
  const cameras = new FakeCameras();
  const camera = new Camera(cameras);
  const page = { document: new Tab(), orientation: new EventTarget() };
  const leave = hold(camera, video, page);
  await live(camera);
  return { camera, cameras, page, leave };
}
const live = (camera: Camera) => vi.waitFor(() => expect(camera.state).toBe('live'));

describe('the camera of a screen', () => {
  it('is asked for when the screen opens and let go of when it is left', async () => {
    const { camera, cameras, leave } = await held();
    leave();
    expect([camera.state, cameras.opened, cameras.open_now.size]).toEqual(['off', 1, 0]);
  });

  it('is let go of at once when the app goes to the background, and opens again when it is back', async () => {
    const { camera, cameras, page } = await held();
    page.document.hide(true);
    expect([camera.state, cameras.open_now.size]).toEqual(['off', 0]);
    page.document.hide(false);
    await live(camera);
    expect([cameras.opened, cameras.open_now.size]).toEqual([2, 1]);
  });

  it('is not asked for by a screen that opens in the background', async () => {
    const cameras = new FakeCameras();
    const camera = new Camera(cameras);
    const document = new Tab();
    document.hidden = true;
    hold(camera, video, { document, orientation: undefined });
    expect([camera.state, cameras.opened]).toEqual(['off', 0]);
  });

  it('opens anew when the tablet is turned', async () => {
    const { camera, cameras, page } = await held();
    page.orientation.dispatchEvent(new Event('change'));
    expect(cameras.open_now.size).toBe(0);
    await live(camera);
    expect([cameras.opened, cameras.open_now.size]).toEqual([2, 1]);
  });

  it('that was denied is not asked for again by turning, and can be left', async () => {
    const cameras = new FakeCameras();
    cameras.fault = 'denied';
    const camera = new Camera(cameras);
    const page = { document: new Tab(), orientation: new EventTarget() };
    const leave = hold(camera, video, page);
    await vi.waitFor(() => expect(camera.state).toBe('denied'));
    page.orientation.dispatchEvent(new Event('change'));
    expect(camera.state).toBe('denied');
    leave();
    expect([camera.state, cameras.open_now.size]).toEqual(['off', 0]);
  });

  it('stays let go of after the screen was left, whatever happens to the app', async () => {
    const { camera, cameras, page, leave } = await held();
    leave();
    page.document.hide(true);
    page.document.hide(false);
    page.orientation.dispatchEvent(new Event('change'));
    expect([camera.state, cameras.opened, cameras.open_now.size]).toEqual(['off', 1, 0]);
  });
});

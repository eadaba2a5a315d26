import { afterEach, describe, expect, it, vi } from 'vitest';
import { CameraError, type CameraEvent } from './camera';
import { pageCameras } from './page_camera';

/** A track as a browser has it, as far as a camera is concerned. */
class Track extends EventTarget {
  readyState = 'live';
  wishes: MediaTrackConstraints[] = [];
  constructor(private readonly can: object) {
    super();
  }
  getCapabilities = () => this.can;
  applyConstraints = async (wish: MediaTrackConstraints) => {
    this.wishes.push(wish);
  };
  stop = () => {
    this.readyState = 'ended';
  };
}

class Video extends EventTarget {
  srcObject: unknown = null;
  videoWidth = 1280;
  videoHeight = 720;
  currentTime = 0;
  constructor(private readonly plays = true) {
    super();
  }
  play = () => (this.plays ? Promise.resolve() : Promise.reject(new DOMException('', 'AbortError')));
}

function browser({ can = {}, refuses, plays = true }: { can?: object; refuses?: string; plays?: boolean } = {}) {
  const track = new Track(can);
  const getUserMedia = vi.fn(() =>
    refuses === undefined
      ? Promise.resolve({ getTracks: () => [track], getVideoTracks: () => [track] })
      : Promise.reject(new DOMException('', refuses)),
  );
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } });
  const video = new Video(plays);
  const heard: CameraEvent[] = [];
  const open = () => pageCameras(async () => ({ image: null, codes: [] })).open(video as unknown as HTMLVideoElement, (event) => heard.push(event));
  return { track, video, heard, open };
}
const faultOf = async (opening: Promise<unknown>) => {
  const error: unknown = await opening.catch((thrown: unknown) => thrown);
  return error instanceof CameraError ? error.fault : error;
};

describe('the page’s camera', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('tells apart what people can do something about', async () => {
    const faults = [
      ['NotAllowedError', 'denied'],
      ['SecurityError', 'denied'],
      ['NotFoundError', 'absent'],
      ['OverconstrainedError', 'absent'],
      ['NotReadableError', 'taken'],
      ['TypeError', 'failed'],
    ] as const;
    for (const [refuses, fault] of faults) expect(await faultOf(browser({ refuses }).open())).toBe(fault);
  });

  it('is absent on a page that may not ask for one', async () => {
    const { open } = browser();
    vi.stubGlobal('navigator', {});
    expect(await faultOf(open())).toBe('absent');
  });

  it('is let go of when it will not play', async () => {
    const { open, track, video } = browser({ plays: false });
    await faultOf(open());
    expect([track.readyState, video.srcObject]).toEqual(['ended', null]);
  });

  it('closed stops its track and leaves the element empty', async () => {
    const { open, track, video } = browser();
    const lens = await open();
    lens.close();
    expect([track.readyState, video.srcObject]).toEqual(['ended', null]);
    expect(await lens.shoot()).toBeNull();
  });

  it('tells when it is taken, given back, gone, or turned; and nothing once it is closed', async () => {
    const { open, track, video, heard } = browser();
    const lens = await open();
    track.dispatchEvent(new Event('mute'));
    track.dispatchEvent(new Event('unmute'));
    video.dispatchEvent(new Event('resize'));
    [video.videoWidth, video.videoHeight] = [720, 1280];
    video.dispatchEvent(new Event('resize'));
    track.dispatchEvent(new Event('ended'));
    expect(heard).toEqual(['taken', 'back', 'turned', 'gone']);
    lens.close();
    track.dispatchEvent(new Event('ended'));
    expect(heard).toHaveLength(4);
  });

  it('has a lamp and a zoom only where the track says so', async () => {
    const plain = await browser().open();
    expect([plain.torch, plain.zoom]).toEqual([false, null]);
    const { open, track } = browser({ can: { torch: true, zoom: { min: 1, max: 8, step: 0.5 } } });
    const lens = await open();
    expect([lens.torch, lens.zoom]).toEqual([true, { min: 1, max: 8, step: 0.5, now: 1 }]);
    expect(await lens.light(true)).toBe(true);
    expect(await lens.magnify(2)).toMatchObject({ now: 2 });
    expect(track.wishes).toEqual([{ advanced: [{ torch: true }] }, { advanced: [{ zoom: 2 }] }]);
  });

  it('does not look twice at one frame', async () => {
    const { open, video } = browser();
    const lens = await open();
    video.videoWidth = 0;
    await lens.look(null);
    const drawn = vi.fn();
    vi.stubGlobal('document', { createElement: drawn });
    video.videoWidth = 1280;
    expect(await lens.look(null)).toBeNull();
    expect(drawn).not.toHaveBeenCalled();
  });
});

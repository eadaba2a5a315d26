// One live camera of a screen: asked for, watched, and let go of on every way out.
import { createContext } from 'svelte';
import { CameraError, type CameraEvent, type CameraFault, type Cameras, type Lens, type Look, type Zoom } from '../host/camera';

/** Where the camera stands. */
export type CameraState = 'off' | 'starting' | 'live' | CameraFault;

/** The cameras of the device, for every widget below the app. */
export const [camerasOfDevice, setCamerasOfDevice] = createContext<Cameras>();

/** The rear camera of the device as a running video. */
export class Camera {
  state = $state<CameraState>('off');
  torch = $state<'none' | 'off' | 'on'>('none');
  zoom = $state.raw<Zoom | null>(null);
  #lens: Lens | null = null;
  #video: HTMLVideoElement | null = null;
  #asked = 0;
  /** The lens a look is under way through. */
  #looking: Lens | null = null;

  constructor(private readonly cameras: Cameras) {}

  /** Asks for the camera and plays it in `video`. Never throws: the outcome is `state`. */
  async start(video: HTMLVideoElement): Promise<void> {
    this.stop();
    this.#video = video;
    const asked = ++this.#asked;
    this.state = 'starting';
    try {
      const lens = await this.cameras.open(video, (event) => {
        if (asked === this.#asked) this.#happened(event);
      });
      if (asked !== this.#asked) {
        lens.close();
        return;
      }
      this.#lens = lens;
      this.state = 'live';
      this.torch = lens.torch ? 'off' : 'none';
      this.zoom = lens.zoom;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.stop();
      this.state = error instanceof CameraError ? error.fault : 'failed';
    }
  }

  /** Opens it anew after the tablet was turned, with the lamp as it was. */
  async turn(): Promise<void> {
    if (!this.#video || this.state !== 'live') return;
    const was = this.torch;
    await this.start(this.#video);
    if (was === 'on' && this.torch === 'off') await this.light(true);
  }

  /** Lets go of the camera at once; what was asked of it before is not answered any more. */
  stop(): void {
    this.#asked++;
    this.#lens?.close();
    this.#lens = null;
    this.state = 'off';
    this.torch = 'none';
    this.zoom = null;
  }

  /**
   * What is on the newest frame; null when there is none, when another look is under way, or when the camera was let go
   * of meanwhile.
   */
  async look(order: string | null): Promise<Look | null> {
    const lens = this.#open();
    // One that never ends, because its lens was closed beneath it, must not blind the next lens.
    if (lens === null || lens === this.#looking) return null;
    this.#looking = lens;
    try {
      const look = await lens.look(order);
      return lens === this.#lens ? look : null;
    } finally {
      if (lens === this.#looking) this.#looking = null;
    }
  }

  /** The picture of this moment as JPEG. */
  async shoot(): Promise<Blob | null> {
    return (await this.#open()?.shoot()) ?? null;
  }

  /** Switches the lamp, where the camera has one. */
  async light(on: boolean): Promise<void> {
    const lens = this.#open();
    const lit = (await lens?.light(on)) ?? false;
    // The lamp of a camera that was let go of went out with it.
    if (lens !== null && lens === this.#lens) this.torch = lit ? (on ? 'on' : 'off') : 'none';
  }

  /** Brings the picture nearer or further, as far as the camera can. */
  async magnify(to: number): Promise<void> {
    const lens = this.#open();
    if (lens === null || this.zoom === null) return;
    const { min, max } = this.zoom;
    const zoom = await lens.magnify(Math.min(max, Math.max(min, to)));
    if (lens === this.#lens) this.zoom = zoom;
  }

  #open(): Lens | null {
    return this.state === 'live' ? this.#lens : null;
  }

  #happened(event: CameraEvent): void {
    if (event === 'turned') {
      // Corners of the picture that lay the other way mean nothing on this one.
      void this.turn();
    } else if (event === 'back') {
      if (this.#lens) this.state = 'live';
    } else if (event === 'taken') {
      this.state = 'taken';
    } else {
      this.stop();
      this.state = 'taken';
    }
  }
}

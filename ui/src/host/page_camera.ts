// The camera of the page itself (getUserMedia): frames become JPEG off the page's thread and go to the device as bytes.
import { CameraError, type CameraEvent, type CameraFault, type Cameras, type Lens, type Look, type Picture, type Zoom } from './camera';
import { encode } from './frame';
import type { Host } from './host';

/** What browsers know beyond the standard's own list. */
type Capabilities = MediaTrackCapabilities & { torch?: boolean; zoom?: { min: number; max: number; step: number } };
type Constraint = MediaTrackConstraintSet & { torch?: boolean; zoom?: number };

/** A label's narrow bars need every pixel of a full-HD frame. */
const FRAME_SIDE = 1920;
const FRAME_QUALITY = 0.85;
/** Larger than any sensor: the video's own size is kept. */
const FULL_SIDE = 8192;
const FULL_QUALITY = 0.92;

/** The page's cameras, whose frames `scan` reads. */
export function pageCameras(scan: Host['scan_image']): Cameras {
  return {
    async open(video, heard) {
      // Undefined on pages that are no secure context, whatever the types say.
      const devices: MediaDevices | undefined = navigator.mediaDevices;
      if (!devices) throw new CameraError('absent');
      let stream: MediaStream | undefined;
      try {
        stream = await devices.getUserMedia({
          audio: false,
          video: { facingMode: { ideal: 'environment' }, width: { ideal: FRAME_SIDE }, height: { ideal: 1080 } },
        });
        video.srcObject = stream;
        await video.play();
        return new PageLens(video, stream, scan, heard);
      } catch (error) {
        stream?.getTracks().forEach((track) => track.stop());
        if (video.srcObject === stream) video.srcObject = null;
        throw new CameraError(faultOf(error));
      }
    },
  };
}

class PageLens implements Lens {
  readonly torch: boolean;
  zoom: Zoom | null;
  readonly #track: MediaStreamTrack | undefined;
  readonly #forget = new AbortController();
  #looked = -1;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly stream: MediaStream,
    private readonly scan: Host['scan_image'],
    heard: (event: CameraEvent) => void,
  ) {
    this.#track = stream.getVideoTracks()[0];
    const can: Capabilities | undefined = this.#track?.getCapabilities?.();
    this.torch = can?.torch === true;
    this.zoom = can?.zoom && can.zoom.max > can.zoom.min ? { ...can.zoom, now: can.zoom.min } : null;
    const { signal } = this.#forget;
    const tell = (from: EventTarget | undefined, name: string, event: CameraEvent) =>
      from?.addEventListener(name, () => heard(event), { signal });
    tell(this.#track, 'ended', 'gone');
    tell(this.#track, 'mute', 'taken');
    tell(this.#track, 'unmute', 'back');
    const lies = video.videoWidth > video.videoHeight;
    // A picture that only grew sharper has not turned.
    video.addEventListener('resize', () => lies !== video.videoWidth > video.videoHeight && heard('turned'), { signal });
  }

  async light(on: boolean): Promise<boolean> {
    return this.#wish({ torch: on });
  }

  async magnify(to: number): Promise<Zoom | null> {
    if (this.zoom && (await this.#wish({ zoom: to }))) this.zoom = { ...this.zoom, now: to };
    return this.zoom;
  }

  async look(order: string | null): Promise<Look | null> {
    const at = this.video.currentTime;
    if (at === this.#looked) return null;
    this.#looked = at;
    const picture = await this.#frame(FRAME_SIDE, FRAME_QUALITY);
    if (!picture) return null;
    const seen = await this.scan(new Uint8Array(await picture.blob.arrayBuffer()), order, 'frame', [picture.width / 2, picture.height / 2]);
    return { seen, picture };
  }

  async shoot(): Promise<Blob | null> {
    return (await this.#frame(FULL_SIDE, FULL_QUALITY))?.blob ?? null;
  }

  close(): void {
    this.#forget.abort();
    this.stream.getTracks().forEach((track) => track.stop());
    // Another camera may play there already.
    if (this.video.srcObject === this.stream) this.video.srcObject = null;
  }

  async #frame(side: number, quality: number): Promise<Picture | null> {
    const { videoWidth, videoHeight } = this.video;
    if (this.#forget.signal.aborted || videoWidth === 0) return null;
    const scale = Math.min(1, side / Math.max(videoWidth, videoHeight));
    return encode(this.video, Math.round(videoWidth * scale), Math.round(videoHeight * scale), quality);
  }

  async #wish(wish: Constraint): Promise<boolean> {
    try {
      await this.#track?.applyConstraints({ advanced: [wish] });
      return this.#track !== undefined;
    } catch {
      return false;
    }
  }
}

function faultOf(error: unknown): CameraFault {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'absent';
  // The system's word for a camera that another program holds.
  if (name === 'NotReadableError' || name === 'AbortError' || name === 'TrackStartError') return 'taken';
  return 'failed';
}

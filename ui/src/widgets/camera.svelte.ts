// One live camera: asked for, watched, and let go of; the picture is taken from the running video.

/** Where the camera stands; `denied` and `absent` are told apart because people can do something about the first. */
export type CameraState = 'off' | 'starting' | 'live' | 'denied' | 'absent' | 'failed';

type TorchCapabilities = MediaTrackCapabilities & { torch?: boolean };
type TorchConstraint = MediaTrackConstraintSet & { torch?: boolean };

/** The rear camera of the device as a running video. */
export class Camera {
  state = $state<CameraState>('off');
  torch = $state<'none' | 'off' | 'on'>('none');
  #stream: MediaStream | null = null;
  #video: HTMLVideoElement | null = null;
  #asked = 0;

  /** Asks for the camera and plays it in `video`. Never throws: the outcome is `state`. */
  async start(video: HTMLVideoElement): Promise<void> {
    this.stop();
    this.#video = video;
    const asked = ++this.#asked;
    // Undefined on pages that are no secure context, whatever the types say.
    const devices: MediaDevices | undefined = navigator.mediaDevices;
    if (!devices) {
      this.state = 'absent';
      return;
    }
    this.state = 'starting';
    try {
      const stream = await devices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: 'environment' }, width: { ideal: 1920 }, height: { ideal: 1080 } },
      });
      if (asked !== this.#asked) {
        stream.getTracks().forEach((track) => track.stop());
        return;
      }
      this.#stream = stream;
      video.srcObject = stream;
      await video.play();
      this.state = 'live';
      this.torch = this.#canLight() ? 'off' : 'none';
    } catch (error) {
      if (asked !== this.#asked) return;
      this.stop();
      this.state = outcome(error);
    }
  }

  /** Lets go of the camera at once; its lamp goes out. */
  stop(): void {
    this.#asked++;
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    if (this.#video) this.#video.srcObject = null;
    this.state = 'off';
    this.torch = 'none';
  }

  /** The picture of this moment as JPEG, its longer side at most `side` px; null when the video has none yet. */
  async grab(side: number, quality: number): Promise<Blob | null> {
    const video = this.#video;
    if (this.state !== 'live' || !video || video.videoWidth === 0) return null;
    const scale = Math.min(1, side / Math.max(video.videoWidth, video.videoHeight));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
  }

  /** Switches the lamp, where the camera has one. */
  async light(on: boolean): Promise<void> {
    const wish: TorchConstraint = { torch: on };
    try {
      await this.#stream?.getVideoTracks()[0]?.applyConstraints({ advanced: [wish] });
      this.torch = on ? 'on' : 'off';
    } catch {
      this.torch = 'none';
    }
  }

  #canLight(): boolean {
    const track = this.#stream?.getVideoTracks()[0];
    const can: TorchCapabilities | undefined = track?.getCapabilities?.();
    return can?.torch === true;
  }
}

function outcome(error: unknown): CameraState {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'absent';
  return 'failed';
}

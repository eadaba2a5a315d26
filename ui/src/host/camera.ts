// The camera as the screens know it. In a WebView it is the page's own; where the bridge cannot carry frames, a plugin of
// the device looks at its own frames and answers the same questions.
import type { ScanView } from './types';

/** Why a camera does not show anything: people can do something about each. */
export type CameraFault = 'denied' | 'absent' | 'taken' | 'failed';

/** Thrown by [`Cameras.open`]. */
export class CameraError extends Error {
  constructor(readonly fault: CameraFault) {
    super(fault);
  }
}

/** What happens to a camera that is open: another app took it, gave it back, it is gone, or its picture turned. */
export type CameraEvent = 'taken' | 'back' | 'gone' | 'turned';

/** A picture that was looked at; corners of codes are in its pixels. */
export type Picture = { blob: Blob; width: number; height: number };

/** What one look at the newest frame came to. */
export type Look = { seen: ScanView; picture: Picture };

/** How far a camera can be brought nearer. Unit: its own, from `min` to `max`. */
export type Zoom = { min: number; max: number; step: number; now: number };

/** A camera that is open. */
export interface Lens {
  /** Whether it has a lamp. */
  readonly torch: boolean;
  /** How it zooms; null where it does not. */
  readonly zoom: Zoom | null;
  /** Switches the lamp; answers whether it is as was asked. */
  light(on: boolean): Promise<boolean>;
  /** Brings the picture nearer; answers how it now stands. */
  magnify(to: number): Promise<Zoom | null>;
  /** What is on the newest frame, read off the page's thread; null while there is no new one. May throw `HostError`. */
  look(order: string | null): Promise<Look | null>;
  /** The picture of this moment at full size (JPEG); null while there is none. */
  shoot(): Promise<Blob | null>;
  /** Lets go of it at once; its lamp goes out. */
  close(): void;
}

/** The cameras of the device; the one that looks away from the crew is meant. */
export interface Cameras {
  /** Opens the camera and plays it in `video`. Throws [`CameraError`]. `heard` is called until it is closed. */
  open(video: HTMLVideoElement, heard: (event: CameraEvent) => void): Promise<Lens>;
}

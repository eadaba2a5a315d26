// One frame of a video as JPEG. Compressing one takes longer than a page may stand still, so a thread of its own does it
// where the WebView lets it; older ones compress on the page.
import type { Picture } from './camera';

type Answer = { no: number; blob: Blob | null };

class Press {
  readonly #thread = new Worker(new URL('./frame.worker.ts', import.meta.url), { type: 'module' });
  readonly #waiting = new Map<number, (blob: Blob | null) => void>();
  #no = 0;
  broken = false;

  constructor() {
    this.#thread.onmessage = ({ data }: MessageEvent<Answer>) => this.#answer(data.no, data.blob);
    this.#thread.onerror = () => {
      // It could not be loaded: whoever waits is told, and the page does it from now on.
      this.broken = true;
      for (const no of this.#waiting.keys()) this.#answer(no, null);
    };
  }

  async press(bitmap: ImageBitmap, quality: number): Promise<Blob | null> {
    const no = ++this.#no;
    return new Promise((resolve) => {
      this.#waiting.set(no, resolve);
      this.#thread.postMessage({ no, bitmap, quality }, [bitmap]);
    });
  }

  #answer(no: number, blob: Blob | null): void {
    this.#waiting.get(no)?.(blob);
    this.#waiting.delete(no);
  }
}

let press: Press | null = null;
const hasThread = () => typeof Worker === 'function' && typeof OffscreenCanvas === 'function' && typeof createImageBitmap === 'function';

/** The video's picture of this moment at this size; null when the page has none. */
export async function encode(video: HTMLVideoElement, width: number, height: number, quality: number): Promise<Picture | null> {
  const blob = (hasThread() ? await aside(video, width, height, quality) : null) ?? (await here(video, width, height, quality));
  return blob && { blob, width, height };
}

async function aside(video: HTMLVideoElement, width: number, height: number, quality: number): Promise<Blob | null> {
  press ??= new Press();
  if (press.broken) return null;
  try {
    const whole = width === video.videoWidth;
    const bitmap = await createImageBitmap(video, whole ? {} : { resizeWidth: width, resizeHeight: height });
    return await press.press(bitmap, quality);
  } catch {
    return null;
  }
}

function here(video: HTMLVideoElement, width: number, height: number, quality: number): Promise<Blob | null> {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.drawImage(video, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
}

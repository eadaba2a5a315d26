// A picture the person chose, with its size as it stands upright.
import type { Picture } from './camera';

/** The chosen picture; null where the page cannot draw it, which says nothing about whether the device can read it. */
export async function pictureOf(blob: Blob): Promise<Picture | null> {
  if (typeof createImageBitmap !== 'function') return null;
  try {
    const bitmap = await createImageBitmap(blob);
    const { width, height } = bitmap;
    bitmap.close();
    return { blob, width, height };
  } catch {
    return null;
  }
}

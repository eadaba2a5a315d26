// The thread that turns frames into JPEG.

type Order = { no: number; bitmap: ImageBitmap; quality: number };

self.onmessage = async ({ data: { no, bitmap, quality } }: MessageEvent<Order>) => {
  let blob: Blob | null = null;
  try {
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    blob = await canvas.convertToBlob({ type: 'image/jpeg', quality });
  } catch {
    // The page compresses this one itself.
  }
  bitmap.close();
  self.postMessage({ no, blob });
};

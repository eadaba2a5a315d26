// A camera is held only while its picture can be seen: asked for when its screen opens, let go of when the screen is left
// or the app goes to the background, opened anew when the tablet is turned.
import type { Camera } from './camera.svelte';

/** What of the page says whether it can be seen, and how the tablet lies. */
export type Page = {
  document: EventTarget & { readonly hidden: boolean };
  /** Older WebViews do not say how the tablet lies. */
  orientation: EventTarget | undefined;
};

/** The page this runs on. */
function here(): Page {
  const orientation: ScreenOrientation | undefined = screen.orientation;
  return { document, orientation };
}

/** Plays the camera in `video` from now on; answers how to let go of it for good. */
export function hold(camera: Camera, video: HTMLVideoElement, { document, orientation }: Page = here()): () => void {
  const shown = () => (document.hidden ? camera.stop() : void camera.start(video));
  const turned = () => void camera.turn();
  document.addEventListener('visibilitychange', shown);
  orientation?.addEventListener('change', turned);
  shown();
  return () => {
    document.removeEventListener('visibilitychange', shown);
    orientation?.removeEventListener('change', turned);
    camera.stop();
  };
}

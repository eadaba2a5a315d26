// Looking again and again at something that keeps changing: one look at a time, each at the newest there is.

/** After a look the device rests for this part of the time it took, so that a slow tablet stays usable. */
const REST = 0.5;
/** Faster than this nobody's hand moves. Unit: milliseconds. */
const LEAST_REST_MS = 40;
/** A look that failed or found no new frame is tried again after so long. Unit: milliseconds. */
const AGAIN_MS = 120;

/** What a watch needs of the world. */
export type Clock = { now: () => number; wait: (ms: number) => Promise<void> };

const REAL: Clock = {
  now: () => performance.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * Watches by `look` (null: nothing new) and tells `heard`, until that answers true or the watch is ended; answers how to
 * end it. While a look runs, what is older than its end is passed over; an answer that comes after the end is not told.
 */
export function watch<T>(look: () => Promise<T | null>, heard: (seen: T) => boolean | Promise<boolean>, clock: Clock = REAL): () => void {
  let on = true;
  const run = async () => {
    while (on) {
      const begun = clock.now();
      // One bad frame is no news; the next comes at once.
      const seen = await look().catch(() => null);
      if (!on) return;
      if (seen !== null && (await heard(seen))) return;
      await clock.wait(seen === null ? AGAIN_MS : Math.max(LEAST_REST_MS, (clock.now() - begun) * REST));
    }
  };
  void run();
  return () => {
    on = false;
  };
}

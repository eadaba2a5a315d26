// Where the tablet is, as far as it knows and may say. Nothing ever waits for a satellite.
import type { Place } from '../host/types';

/** A fix older than this is not where the crew stands: they walk. */
const FRESH_MS = 120_000;
/** Giving up on one question; the next photo asks again. */
const PATIENCE_MS = 20_000;

let last: { place: Place; atMs: number } | null = null;
let asking = false;

/** Asks where the tablet is; `found` is called if it knows. */
export function locate(found?: (place: Place) => void): void {
  if (asking || typeof navigator === 'undefined' || !('geolocation' in navigator)) return;
  asking = true;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      asking = false;
      const place = {
        lat_e7: Math.round(coords.latitude * 1e7),
        lon_e7: Math.round(coords.longitude * 1e7),
        accuracy_m: Math.round(coords.accuracy),
      };
      last = { place, atMs: Date.now() };
      found?.(place);
    },
    () => {
      asking = false;
    },
    { timeout: PATIENCE_MS, maximumAge: FRESH_MS / 2 },
  );
}

/** The newest place, if it is fresh; asks for a newer one in passing. */
export function position(): Place | null {
  locate();
  return last !== null && Date.now() - last.atMs <= FRESH_MS ? last.place : null;
}

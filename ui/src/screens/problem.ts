// Failed calls as facts a sentence can be made of.
import { HostError, type Problem } from '../host/host';

/** What a failed call was about; anything unforeseen keeps only its kind. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HostError) return error.problem;
  return { error: 'unexpected', detail: error instanceof Error ? error.name : 'unknown' };
}

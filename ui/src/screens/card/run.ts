// How far a write is: every step in its order, and how many of them are done.
import type { CardStep } from '../../host/types';

const WRITE: CardStep[] = [
  'intent',
  'card_read',
  'authenticated',
  'made_invalid',
  'purse_written',
  'purse_read_back',
  'body_written',
  'made_valid',
  'read_back',
  'committed',
];
const VOID: CardStep[] = [
  'intent',
  'card_read',
  'voiding_old',
  'authenticated',
  'made_invalid',
  'purse_written',
  'purse_read_back',
  'read_back',
  'old_voided',
];

/** The steps of a write; the first `done` of them are. `again` once what was read back was not what was written. */
export type Run = { steps: CardStep[]; done: number; again: boolean };

/** A write that starts; one that goes on has its intent already. */
export function started({ voids_old, goes_on }: { voids_old: boolean; goes_on: boolean }): Run {
  return { steps: voids_old ? VOID : WRITE, done: goes_on ? 1 : 0, again: false };
}

/** The run once the device has told of a step. */
export function onward(run: Run, step: CardStep): Run {
  const steps = step === 'voiding_old' ? VOID : run.steps;
  if (step === 'writing_again') return { ...run, done: steps.indexOf('authenticated') + 1, again: true };
  // A step that is not told was not needed: a card that is written already is only read.
  return { ...run, steps, done: Math.max(run.done, steps.indexOf(step) + 1) };
}

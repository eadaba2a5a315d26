// What a reading step keeps while it is not saved: written by the registers' screen and by the meter's.
import type { Readout, RegisterReading } from '../../host/types';
import { asTexts, field } from '../draft';
import type { Glance } from './displays.svelte';

/** Which source's value counts. */
export type Choice = 'typed' | 'infrared' | 'photo';

/** A readout, and the moment its last answer was heard. */
export type Heard = { readout: Readout; at: number };

/** The unconfirmed input of a reading step. */
export type Kept = {
  typed: { [register: string]: string };
  /** Values that were read from a photo and taken by the crew. */
  photo: { [register: string]: string };
  /** Which piece of which photo shows a register, as far as the crew said. */
  glances: { [register: string]: Glance };
  chosen: { [register: string]: Choice };
  reasons: { [check: string]: string };
  /** What the meter said, once it was used. */
  readout: Readout | null;
  /** What the meter said last, used or not. */
  heard: Heard | null;
};

/** The draft over what the step has on record: what was recorded is there to be changed. */
export function kept(draft: unknown, recorded: { values: RegisterReading[]; readout?: Readout | undefined } | null): Kept {
  const from = onRecord(recorded?.values ?? []);
  const readout = field(draft, 'readout');
  const chosen = field(draft, 'chosen');
  const heard = field(draft, 'heard');
  const at = field(heard, 'at');
  const said = field(heard, 'readout');
  return {
    typed: { ...from.typed, ...asTexts(field(draft, 'typed')) },
    photo: { ...from.photo, ...asTexts(field(draft, 'photo')) },
    glances: asGlances(field(draft, 'glances')),
    chosen: chosen === undefined ? from.chosen : asChoices(chosen),
    reasons: asTexts(field(draft, 'reasons')),
    readout: readout === undefined ? (recorded?.readout ?? null) : isReadout(readout) ? readout : null,
    heard: isReadout(said) && typeof at === 'number' ? { readout: said, at } : null,
  };
}

function onRecord(values: RegisterReading[]): Pick<Kept, 'typed' | 'photo' | 'chosen'> {
  const out: Pick<Kept, 'typed' | 'photo' | 'chosen'> = { typed: {}, photo: {}, chosen: {} };
  for (const { register, value, source, also = [] } of values) {
    out.chosen[register] = source;
    for (const one of [...also, { source, value }]) if (one.source !== 'infrared') out[one.source][register] = one.value;
  }
  return out;
}

function asChoices(value: unknown): Kept['chosen'] {
  const isChoice = (pair: [string, string]): pair is [string, Choice] => ['typed', 'infrared', 'photo'].includes(pair[1]);
  return Object.fromEntries(Object.entries(asTexts(value)).filter(isChoice));
}

function asGlances(value: unknown): Kept['glances'] {
  const all = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(all.filter((pair): pair is [string, Glance] => isGlance(pair[1])));
}

/** A glance that was kept, known by its outline. */
function isGlance(value: unknown): value is Glance {
  const frame = field(value, 'frame');
  return (
    typeof field(value, 'register') === 'string' &&
    typeof field(value, 'photo') === 'string' &&
    typeof field(value, 'width') === 'number' &&
    typeof field(value, 'height') === 'number' &&
    (frame === null || (Array.isArray(frame) && frame.length === 4))
  );
}

/** A readout that was kept. It was written by this app, so its outline is enough to know it by. */
function isReadout(value: unknown): value is Readout {
  return (
    typeof field(value, 'protocol') === 'string' &&
    typeof field(value, 'comm_address') === 'string' &&
    Array.isArray(field(value, 'items'))
  );
}

// An order's record as the tables of its review: photos by step, readings, seals, places, what was signed.
import { difference } from '../../format/number';
import type { Finding } from '../../host/bindings/Finding';
import type { Form } from '../../host/bindings/Form';
import type { Order } from '../../host/bindings/Order';
import type { Photo } from '../../host/bindings/Photo';
import type { Place } from '../../host/bindings/Place';
import type { Readout } from '../../host/bindings/Readout';
import type { Register } from '../../host/bindings/Register';
import type { RegisterReading } from '../../host/bindings/RegisterReading';
import type { Slot } from '../../host/bindings/Slot';
import type { Step } from '../../host/bindings/Step';
import type { Review } from '../desk';

/** A photo in the strip; `no` counts from 1 and is the key that chooses it. A scan's picture is one whose size is not on record. */
export type Shot = { no: number; step: string; photo: Photo; from: 'photo' | 'scan' };

/** One register: what the last bill says, what was adopted, and the check that was overruled, if one was. */
export type ReadingRow = { slot: Slot; register: Register; last: string | null; value: string | null; difference: string | null; findings: Finding[]; reading: RegisterReading };

/** What a meter itself said, beside the values. */
export type SaidRow = { slot: Slot; readout: Readout };

/** The photos of an order, and the pictures numbers were read from, in the order of its steps; each once. */
export function shots(order: Order): Shot[] {
  const known = order.dispatch.procedure.steps.map((step) => step.id);
  const strange = Object.keys(order.photos).filter((id) => !known.includes(id));
  const found: Shot[] = [];
  const add = (step: string, photo: Photo, from: Shot['from']) => {
    if (!found.some((shot) => shot.photo.hash === photo.hash)) found.push({ no: found.length + 1, step, photo, from });
  };
  const taken = new Set(Object.values(order.photos).flatMap((photos) => (photos ?? []).map((photo) => photo.hash)));
  for (const step of [...known, ...strange]) {
    const record = order.work[step];
    if (record?.record === 'scan' && record.image !== null && !taken.has(record.image)) add(step, scanned(record.image), 'scan');
    for (const photo of order.photos[step] ?? []) add(step, photo, 'photo');
  }
  return found;
}

/** The picture of a scan: nothing but its name is on record. */
function scanned(hash: string): Photo {
  return { hash, thumbnail: hash, purpose: 'nameplate', size_bytes: 0, width: 4, height: 3, place: null, hints: [], likeness: '' };
}

function stepOf(order: Order, id: string): Step | undefined {
  return order.dispatch.procedure.steps.find((step) => step.id === id);
}

function isAbout(step: Step | undefined, slots: Slot[]): boolean {
  return step !== undefined && 'slot' in step.need && slots.includes(step.need.slot);
}

/**
 * The two photos to begin with: the old side's reading and the new side's, and in place of one of them
 * the photo of the step that has the gravest anomaly.
 */
export function firstPair(review: Review): { left: string | null; right: string | null } {
  const { order } = review;
  // The newest photo of a step is the one the crew stands by.
  const all = shots(order).reverse();
  const about = (slots: Slot[]) => {
    const fitting = all.filter((shot) => isAbout(stepOf(order, shot.step), slots));
    return (fitting.find((shot) => shot.photo.purpose === 'reading') ?? fitting[0])?.photo.hash ?? null;
  };
  let left = about(['old_meter', 'old_terminal']);
  let right = about(['new_meter', 'new_terminal']);
  const asked = review.anomalies.flatMap((anomaly) => ('step' in anomaly ? [anomaly.step] : []))[0];
  const suspect = all.find((shot) => shot.step === asked);
  if (suspect && suspect.photo.hash !== left && suspect.photo.hash !== right) {
    if (isAbout(stepOf(order, suspect.step), ['old_meter', 'old_terminal'])) left = suspect.photo.hash;
    else right = suspect.photo.hash;
  }
  if (left === null) {
    left = right;
    right = null;
  }
  const spare = () => all.find((shot) => shot.photo.hash !== left && shot.photo.hash !== right)?.photo.hash ?? null;
  left ??= spare();
  right ??= spare();
  return { left, right };
}

/** Every register that was read, old meter first. */
export function readings(order: Order): ReadingRow[] {
  return order.dispatch.procedure.steps.flatMap((step) => {
    if (step.need.need !== 'reading') return [];
    const { slot } = step.need;
    const record = order.work[step.id];
    if (record?.record !== 'reading') return [];
    const billed = new Map(slot === 'old_meter' ? (order.dispatch.old_meter?.last_billed ?? []) : []);
    return record.values.map((reading) => {
      const { register, value } = reading;
      const last = billed.get(register) ?? null;
      return {
        slot,
        register,
        last,
        value,
        difference: last === null ? null : difference(value, last),
        findings: record.findings.filter((finding) => finding.register === register),
        reading,
      };
    });
  });
}

/** Every meter that was read over its port. */
export function readouts(order: Order): SaidRow[] {
  return order.dispatch.procedure.steps.flatMap((step) => {
    const record = order.work[step.id];
    if (step.need.need !== 'reading' || record?.record !== 'reading' || !record.readout) return [];
    return [{ slot: step.need.slot, readout: record.readout }];
  });
}

/** Every check a person overruled, with its step. */
export function overruled(order: Order): { step: string; finding: Finding }[] {
  const ids = order.dispatch.procedure.steps.map((step) => step.id);
  return ids.flatMap((step) => {
    const record = order.work[step];
    return record && 'findings' in record ? record.findings.map((finding) => ({ step, finding })) : [];
  });
}

/** What the customer was shown and signed: the form in the log that has the hash on record. */
export function signedForm(review: Review): Form | null {
  const record = Object.values(review.order.work).find((one) => one?.record === 'signature');
  if (record?.record !== 'signature') return null;
  const entry = [...review.entries].reverse().find(
    (line) => line.from === 'field' && line.event.event === 'signed' && line.event.form_hash === record.form_hash,
  );
  return entry?.from === 'field' && entry.event.event === 'signed' ? entry.event.form : null;
}

/** Metres per 10⁻⁷ degree of latitude: the earth's mean circumference, 40 030 km, over 360 · 10⁷. */
const M_PER_E7 = 0.011119;

/** East and north of `home`, in metres; exact enough within some kilometres. */
export function offset(home: Place, place: Place): { east: number; north: number } {
  const cos = Math.cos((home.lat_e7 / 1e7) * (Math.PI / 180));
  return { east: (place.lon_e7 - home.lon_e7) * M_PER_E7 * cos, north: (place.lat_e7 - home.lat_e7) * M_PER_E7 };
}

/** Metres between two places. */
export function metres(home: Place, place: Place): number {
  const { east, north } = offset(home, place);
  return Math.hypot(east, north);
}

/** `30.1234567, 114.1234567`. */
export function coordinates(place: Place): string {
  return `${(place.lat_e7 / 1e7).toFixed(6)}, ${(place.lon_e7 / 1e7).toFixed(6)}`;
}

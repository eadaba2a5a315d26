// What programs saw on the pictures of an order, held against what was recorded.
import { difference } from '../../format/number';
import type { Order } from '../../host/bindings/Order';
import type { Register } from '../../host/bindings/Register';
import type { Sighting } from '../../host/bindings/Sighting';

/** What was looked for on a picture. */
export type SeenWhat = { what: 'label' } | { what: 'register'; register: Register } | { what: 'err'; code: number };

/** How it stands to what was recorded: a code is recorded nowhere else, and an unsure reading says nothing. */
export type SeenVerdict = 'same' | 'differs' | 'unsure' | 'code';

/** One sighting, as a supervisor sees it. */
export type SeenRow = { key: string; step: string; is: SeenWhat; sighting: Sighting; read: string | null; recorded: string | null; verdict: SeenVerdict };

/** Everything programs saw, in the order of the steps. */
export function seen(order: Order): SeenRow[] {
  return order.dispatch.procedure.steps.flatMap(({ id }) => {
    const record = order.work[id];
    if (record?.record === 'scan' && record.sighting) {
      const { sighting, asset_no } = record;
      // A label's text may hold more than the number: a QR code does.
      const verdict = sighting.text.includes(asset_no) ? 'same' : 'differs';
      return [{ key: id, step: id, is: { what: 'label' }, sighting, read: sighting.text, recorded: asset_no, verdict }];
    }
    if (record?.record !== 'reading') return [];
    return (record.sightings ?? []).map((one, at): SeenRow => {
      const row = { key: `${id}/${String(at)}`, step: id, sighting: one.sighting };
      if (one.shows === 'err') return { ...row, is: { what: 'err', code: one.code }, read: one.sighting.text, recorded: null, verdict: 'code' };
      const { register, read } = one;
      const recorded = record.values.find((value) => value.register === register)?.value ?? null;
      const gap = read === null || recorded === null ? null : difference(read, recorded);
      const same = gap !== null && /^-?0*(\.0*)?$/.test(gap);
      return { ...row, is: { what: 'register', register }, read, recorded, verdict: read === null ? 'unsure' : same ? 'same' : 'differs' };
    });
  });
}

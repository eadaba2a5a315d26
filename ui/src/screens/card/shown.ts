// What the crew read on the old meter's display: as typed, and as it counts.
import { yuan } from '../../format/number';
import type { ShownRemainder } from '../../host/types';
import { asTexts, field } from '../draft';

/** A line of the display. */
export type Field = 'money' | 'overdraft' | 'count';

/** The lines as typed. */
export type Typed = { [name in Field]: string };

export const FIELDS: Field[] = ['money', 'overdraft', 'count'];

const COUNT = /^\d{1,9}$/;

/** What was typed before a kill. */
export function typedOf(draft: unknown): Typed {
  const kept = asTexts(field(draft, 'typed'));
  return { money: kept['money'] ?? '', overdraft: kept['overdraft'] ?? '', count: kept['count'] ?? '' };
}

/** What is typed as the device takes it: null while neither amount is there, or one of the numbers is none. */
export function shownOf({ money, overdraft, count }: Typed): ShownRemainder | null {
  const [left, owed] = [money, overdraft].map((text) => (text === '' ? '0.00' : yuan(text)));
  if ((money === '' && overdraft === '') || typeof left !== 'string' || typeof owed !== 'string') return null;
  if (count !== '' && !COUNT.test(count)) return null;
  return { money: left, overdraft: owed, count: count === '' ? null : Number(count) };
}

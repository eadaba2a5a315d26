// Who else says what was left in the old meter, and whether they say the same as the one that counts.
import { isSome } from '../../format/number';
import type { CardPlan, Remainder } from '../../host/types';

/** Another witness; `says` is money left, or money overdrawn with a minus. */
export type Witness = { source: Remainder['source']; says: string; agrees: boolean };

/** The other witnesses of the old credit in a plan. */
export function witnesses({ parts }: CardPlan, remainders: Remainder[]): Witness[] {
  const credit = parts.find(({ part }) => part === 'old_credit');
  if (credit === undefined) return [];
  const debt = parts.find(({ part }) => part === 'debt');
  const counted = net(credit.amount, debt?.amount ?? '0.00');
  return remainders
    .filter(({ source }) => source !== credit.source)
    .map(({ source, money, overdraft }) => {
      const says = net(money, overdraft);
      return { source, says, agrees: says === counted };
    });
}

/** One of the two is zero. */
function net(money: string, overdraft: string): string {
  return isSome(overdraft) ? `-${overdraft}` : money;
}

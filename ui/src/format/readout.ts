// What a meter said over its port, as facts about registers and its clock.
import type { MeterItem } from '../host/bindings/MeterItem';
import type { Readout } from '../host/bindings/Readout';
import type { Register } from '../host/bindings/Register';
import { isWithin } from './number';

/** Sources this near to each other agree, as the rule book has it: a meter goes on counting meanwhile. Unit: kWh, yuan. */
const AGREE_WITHIN = '1.00';

/** What the meter said a register shows, digit for digit; money is negative when it is overdrawn. */
export function saidOf(readout: Readout | null, register: Register): string | null {
  if (readout === null) return null;
  if (register !== 'money_left') return quantity(readout, register);
  const owed = quantity(readout, 'overdraft');
  return owed !== null && /^[0.]*[1-9]/.test(owed) ? `-${owed}` : quantity(readout, 'money_left');
}

/** Whether two sources of a register say the same. */
export function agree(one: string, other: string): boolean {
  return isWithin(one, other, AGREE_WITHIN);
}

/** How far a meter's clock is ahead of the moment it was heard; null for a clock that is none. Unit: milliseconds. */
export function clockError(clock: string, heard_at: number): number | null {
  // A time without a zone is local: meters keep the time of their place, and so does the tablet.
  const said = new Date(clock).getTime();
  return Number.isNaN(said) ? null : said - heard_at;
}

function quantity(readout: Readout, wanted: MeterItem): string | null {
  for (const one of readout.items)
    if (one.item === wanted && one.status === 'read' && one.value.kind === 'quantity') return one.value.value;
  return null;
}

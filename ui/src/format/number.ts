// Numbers as people read them: grouped, never rounded, units left to the caller's heading.

/** A space that does not break a line: a number is never torn in two. */
const GAP = '\u00a0';

function groupFromRight(digits: string, size: number): string {
  const parts: string[] = [];
  for (let end = digits.length; end > 0; end -= size) parts.unshift(digits.slice(Math.max(0, end - size), end));
  return parts.join(GAP);
}

/** `12345.67` → `12 345.67`. Takes a decimal string of any length and changes no digit; what is no decimal comes back as it is. */
export function grouped(decimal: string): string {
  const match = /^([+-]?)(\d*)(\.\d*)?$/.exec(decimal);
  if (!match) return decimal;
  const [, sign = '', whole = '', fraction = ''] = match;
  return sign + groupFromRight(whole, 3) + fraction;
}

/**
 * What a person typed as a decimal string: full-width digits, the Chinese full stop, commas and spaces are taken,
 * anything else is left out. A second point is left out too. `１2 345。6７` → `12345.67`.
 */
export function typedDecimal(text: string): string {
  let out = '';
  for (const char of text.normalize('NFKC')) {
    if (char >= '0' && char <= '9') out += char;
    else if ((char === '.' || char === '。') && !out.includes('.')) out += '.';
  }
  return out;
}

/** A decimal in the form the rule book takes, or null while it is none yet: `12345.` → `12345`, `.5` → `0.5`, `` → null. */
export function finishedDecimal(typed: string): string | null {
  const match = /^(\d*)(?:\.(\d*))?$/.exec(typed);
  const [, whole = '', places = ''] = match ?? [];
  if (!match || (whole === '' && places === '')) return null;
  return (whole === '' ? '0' : whole) + (places === '' ? '' : `.${places}`);
}

/**
 * What a meter's display shows as money, with two places, or null while it is none: `87.6` → `87.60`. Six digits before
 * the point are the most a meter holds; a part of a fen is never rounded away.
 */
export function yuan(typed: string): string | null {
  const [, whole = '', places = ''] = /^0*(\d{1,6})(?:\.(\d{0,2}))?$/.exec(finishedDecimal(typed) ?? '') ?? [];
  return whole === '' ? null : `${whole}.${places.padEnd(2, '0')}`;
}

/** Whether an amount is more or less than nothing: `0.00` is nothing. */
export function isSome(decimal: string): boolean {
  return /[1-9]/.test(decimal);
}

/** A decimal as whole ten-thousandths, the finest a register counts in; null when it is none. */
function tenThousandths(decimal: string): bigint | null {
  const match = /^(-?)(\d+)(?:\.(\d{1,4}))?$/.exec(decimal);
  if (!match) return null;
  const [, sign = '', whole = '0', places = ''] = match;
  const size = BigInt(whole + places.padEnd(4, '0'));
  return sign === '-' ? -size : size;
}

/** `later − earlier` of two decimals, exact, or null when one is none: use since the last bill. */
export function difference(later: string, earlier: string): string | null {
  const [a, b] = [tenThousandths(later), tenThousandths(earlier)];
  if (a === null || b === null) return null;
  const size = a > b ? a - b : b - a;
  const digits = size.toString().padStart(5, '0');
  const places = digits.slice(-4);
  return `${a < b ? '-' : ''}${digits.slice(0, -4)}.${places.endsWith('00') ? places.slice(0, 2) : places}`;
}

/** Whether two decimals are no further apart than a third; false when one is none. */
export function isWithin(one: string, other: string, apart: string): boolean {
  const [a, b, most] = [tenThousandths(one), tenThousandths(other), tenThousandths(apart)];
  if (a === null || b === null || most === null) return false;
  return (a > b ? a - b : b - a) <= most;
}

/** Bytes as a person reads them: `1536` → `{number: '1.5', unit: 'kB'}` in steps of 1024. */
export function size(bytes: number): { number: string; unit: 'B' | 'kB' | 'MB' } {
  if (bytes < 1024) return { number: String(bytes), unit: 'B' };
  if (bytes < 1024 * 1024) return { number: (bytes / 1024).toFixed(bytes < 10240 ? 1 : 0), unit: 'kB' };
  return { number: (bytes / 1024 / 1024).toFixed(1), unit: 'MB' };
}

/** Metres on foot or by road: below a kilometre to ten metres, above to a tenth of a kilometre. */
export function distance(metres: number): { number: string; unit: 'm' | 'km' } {
  const rounded = Math.round(metres / 10) * 10;
  if (rounded < 1000) return { number: String(rounded), unit: 'm' };
  return { number: (metres / 1000).toFixed(metres < 100_000 ? 1 : 0), unit: 'km' };
}

/** Where the caret goes after regrouping: behind as many digits and points as were before it. */
export function caretAfter(text: string, significant: number): number {
  let seen = 0;
  for (let i = 0; i < text.length; i++) {
    if (seen === significant) return i;
    if (text[i] !== GAP && text[i] !== ' ') seen++;
  }
  return text.length;
}

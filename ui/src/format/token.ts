// An STS token's form: 20 decimal digits that are 66 bits, two of them its class.

/** What a token is for, by its class bits. */
export type TokenClass = 'credit' | 'test' | 'management' | 'reserved';

const CLASSES: TokenClass[] = ['credit', 'test', 'management', 'reserved'];

/** The class of a token; null for what is no token: not 20 digits, or beyond 66 bits. The class stands in bits 28 and 27. */
export function tokenClass(token: string): TokenClass | null {
  if (!/^\d{20}$/.test(token)) return null;
  const number = BigInt(token);
  if (number >> 66n !== 0n) return null;
  return CLASSES[Number((number >> 27n) & 3n)] ?? null;
}

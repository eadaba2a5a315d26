// Numbers that are names: accounts, assets, seals, phones. They are strings and keep their leading zeros.

const GAP = '\u00a0';

function groupFromLeft(text: string, size: number): string {
  return text.match(new RegExp(`.{1,${String(size)}}`, 'g'))?.join(GAP) ?? text;
}

/** An account number in fours from the left: `4101234567` → `4101 2345 67`. */
export function account(text: string): string {
  return /^\d+$/.test(text) ? groupFromLeft(text, 4) : text;
}

/**
 * An asset number. The 22-digit form is shown by its fields (unit, class, reserved, type, serial, check digit):
 * `41 3 00 01 00000000000001 2`; other all-digit numbers in fours; anything else as it is.
 */
export function asset(text: string): string {
  const fields = /^(\d{2})(\d)(\d{2})(\d{2})(\d{14})(\d)$/.exec(text);
  if (fields) return fields.slice(1).join(GAP);
  return /^\d{5,}$/.test(text) ? groupFromLeft(text, 4) : text;
}

/** The end of an asset number, enough to tell two meters apart in a list: `…0000 0012`. */
export function assetTail(text: string): string {
  return text.length > 10 ? `…${groupFromLeft(text.slice(-8), 4)}` : text;
}

/** A seal number in fours when it is all digits. */
export function seal(text: string): string {
  return /^\d{5,}$/.test(text) ? groupFromLeft(text, 4) : text;
}

/** A card's serial in fours, as people compare it: `9c410b7e25d06a18` → `9C41 0B7E 25D0 6A18`. */
export function cardSerial(text: string): string {
  return groupFromLeft(text.toUpperCase(), 4);
}

/** The end of a card's serial or a token, enough to tell two apart: `…6A18`. */
export function cardTail(text: string): string {
  return `…${text.slice(-4).toUpperCase()}`;
}

/** A meter, customer or token number in fours from the left: `000012345678` → `0000 1234 5678`. */
export function inFours(text: string): string {
  return groupFromLeft(text, 4);
}

/** A phone number with its middle hidden: `13812342210` → `138****2210`; short ones show their last two digits. */
export function maskedPhone(text: string): string {
  const digits = text.replace(/[^\d]/g, '');
  if (digits.length < 8) return `***${digits.slice(-2)}`;
  return `${digits.slice(0, 3)}****${digits.slice(-4)}`;
}

/** What was scanned or typed without the gaps people put in. */
export function typedCode(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\u00a0-]/g, '')
    .toUpperCase();
}

// What codes on a picture come to: asset numbers, each with where it belongs, and everything that is none.
import type { Picture } from '../../host/camera';
import type { CodeView, OrderView, ScanSource, ScanView } from '../../host/types';
import type { Quad } from '../../widgets/aim';
import type { Outline } from '../../widgets/Outlines.svelte';
import type { Tone } from '../../widgets/tone';

/** Where a number belongs: the order names it, the crew's list has it, or nobody here knows it. */
export type Belongs = 'order' | 'custody' | 'unknown';

/** An asset number on a picture. */
export type Found = { asset_no: string; belongs: Belongs; code: CodeView; corners: Quad };

/** A picture with what was found on it. */
export type Seen = { found: Found[]; others: CodeView[]; image: string | null; picture: Picture | null; source: ScanSource };

const TONES: Record<Belongs, Tone> = { order: 'ok', custody: 'ok', unknown: 'warn' };

/** Sorts the codes of a picture, each number once: a label shows the same one as bars and as a square. The device's order is kept: nearest to the aim first. */
export function sorted(view: ScanView, picture: Picture | null, source: ScanSource, order: OrderView | null): Seen {
  const found: Found[] = [];
  const others: CodeView[] = [];
  for (const code of view.codes) {
    if (code.asset.asset === 'invalid') {
      others.push(code);
      continue;
    }
    const { asset_no, known } = code.asset;
    const before = found.findIndex((one) => one.asset_no === asset_no);
    const one: Found = { asset_no, belongs: belongs(asset_no, known === 'yes', order), code, corners: code.corners };
    if (before < 0) found.push(one);
    // Of two symbols that say the same, the one that needs no second proof speaks.
    else if (found[before]?.code.needs_eyes && !code.needs_eyes) found[before] = one;
  }
  return { found, others, image: view.image, picture, source };
}

function belongs(asset_no: string, isKnown: boolean, order: OrderView | null): Belongs {
  const { old_meter, old_terminal, terminal_meters = [] } = order?.order.dispatch ?? {};
  if ([old_meter?.asset_no, old_terminal, ...terminal_meters].includes(asset_no)) return 'order';
  return isKnown ? 'custody' : 'unknown';
}

/** The numbers as outlines, counted where there are several; codes that are no number beside them. */
export function outlined({ found, others }: Pick<Seen, 'found' | 'others'>): Outline[] {
  return [
    ...found.map(({ asset_no, belongs: where, code, corners }, i): Outline => ({
      id: asset_no,
      corners,
      tone: code.needs_eyes ? 'warn' : TONES[where],
      ...(found.length > 1 ? { no: i + 1 } : {}),
    })),
    ...others.map((code, i): Outline => ({ id: `other-${String(i)}`, corners: code.corners, tone: 'plain' })),
  ];
}

/** What a code is that is no asset number, as far as its text tells. */
export function kindOf(text: string): 'enrol' | 'link' | 'digits' | 'text' {
  if (text.startsWith('metercrew:')) return 'enrol';
  if (/^(https?:|www\.|weixin:)/i.test(text)) return 'link';
  return /^[\d\s-]+$/.test(text) ? 'digits' : 'text';
}

/** A number in the pieces in which it is compared with a label: fours from the left. */
export function inPieces(asset_no: string): string[] {
  return asset_no.match(/.{1,4}/g) ?? [asset_no];
}

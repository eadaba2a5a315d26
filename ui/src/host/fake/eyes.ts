// What the made-up device sees: labels and displays as the query says them.
import { isWithin } from '../../format/number';
import type { DisplayLook } from '../host';
import type { AssetView, CodeView, DisplayVerdict, DisplayView, ErrCode, ScanView, Sighting } from '../types';

type Quad = CodeView['corners'];

/** A label on a made-up picture: its text, where it lies, and how hard it is to read. */
type Label = { text: string; corners: Quad; soft: boolean; proves: boolean };

const sighting = (text: string, by: Sighting['by'], corners: Quad): Sighting => ({
  image: 'nameplate-1',
  crop: 'nameplate-1',
  text,
  confidence: by === 'soft' ? 931 : 1000,
  by,
  program: '0.1.0',
  corners,
  may_train: false,
});

/** Corners of an upright rectangle. */
function box(x: number, y: number, width: number, height: number): Quad {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

/**
 * The labels of `seen=TEXT,TEXT`; `~` behind a text makes it hard to read until a second look, `~~` for ever;
 * `@x:y:width:height` says where it lies. Unit: pixels of the picture.
 */
function labels(seen: string): Label[] {
  return seen.split(',').flatMap((entry) => {
    const [name = '', place = ''] = entry.split('@');
    const [x = 0, y = 0, width = 1, height = 1] = place === '' ? [] : place.split(':').map(Number);
    const text = name.replace(/~+$/, '');
    const hard = name.length - text.length;
    return text === '' ? [] : [{ text, corners: box(x, y, width, height), soft: hard > 0, proves: hard < 2 }];
  });
}

/**
 * Real eyes behind the made-up device: a test that shows its own picture to the page's camera puts a reader of codes
 * under this name. It gets a picture as base64.
 */
declare global {
  var metercrew_reader: ((picture: string) => Promise<{ text: string; read_by: 'decoder' | 'soft'; corners: Quad }[]>) | undefined;
}

/** The eyes of the made-up device. */
export class FakeEyes {
  #labels: Label[];
  readonly #seen = new Set<string>();

  constructor(private readonly query: URLSearchParams) {
    this.#labels = labels(query.get('seen') ?? '');
  }

  /** What is on a picture: what the query says, or what a real reader sees. */
  async look(picture: Uint8Array, read: (text: string) => AssetView): Promise<ScanView> {
    if (globalThis.metercrew_reader) {
      const seen = await globalThis.metercrew_reader(btoa(Array.from(picture, (byte) => String.fromCharCode(byte)).join('')));
      this.#labels = seen.map(({ text, read_by, corners }) => ({ text, corners, soft: read_by === 'soft', proves: true }));
    }
    return this.scan(read);
  }

  /** What the query says is on every picture. */
  scan(read: (text: string) => AssetView): ScanView {
    const codes = this.#labels.map(({ text, corners, soft, proves }): CodeView => {
      const asset = read(text);
      const again = this.#seen.has(text);
      this.#seen.add(text);
      const needs_eyes = asset.asset === 'valid' && soft && !(again && proves);
      const by = soft ? 'soft' : 'decoder';
      const kept = sighting(text, by, corners);
      const proof = soft && !needs_eyes ? { proof: 'two_frames' as const } : {};
      return { text, asset, corners, by, confidence: kept.confidence, needs_eyes, sighting: asset.asset === 'valid' ? { ...kept, ...proof } : null };
    });
    return { image: 'nameplate-1', codes };
  }

  /**
   * What `shows` says every display shows: a value, `Err-04`, `?` for one that cannot be read; empty, no row is found
   * until the crew frames it. As drawn: 012345.67.
   */
  display({ register, known, frame }: DisplayLook): DisplayView {
    const shows = this.query.get('shows') ?? '012345.67';
    const err = ERRS.find(({ number }) => shows === `Err-0${String(number)}`) ?? null;
    if (shows === '' && frame === null) return { verdict: { is: 'unsure' }, row: null, err, sightings: [] };
    const value = /^\d+\.\d+$/.test(shows) ? shows.replace(/^0+(?=\d)/, '') : null;
    const verdict = verdictOf(value, known);
    const row = { text: shows, confidence: 940, corners: frame ?? ROW };
    const seen = sighting(shows, 'display_net', row.corners);
    if (err) return { verdict: { is: 'unsure' }, row: null, err, sightings: [{ shows: 'err', code: err.number, sighting: seen }] };
    return { verdict, row, err, sightings: [{ shows: 'register', register, read: value, sighting: seen }] };
  }
}

/** Where the display lies on the made-up photo of 4032 × 3024. */
const ROW = box(1300, 880, 1440, 310);

function verdictOf(value: string | null, known: string | null): DisplayVerdict {
  if (value === null) return { is: 'unsure' };
  if (known === null) return { is: 'proposes', value };
  // Digit for digit, as the device does.
  return isWithin(value, known, '0') ? { is: 'agrees' } : { is: 'differs', read: value };
}

const ERRS: ErrCode[] = [
  {
    number: 4,
    means: 4,
    generation: null,
    group: 'fault',
    confidence: 'high',
    meaning: { zh: '时钟电池电压低', en: 'clock battery low' },
    act: { zh: '更换电能表', en: 'replace the meter' },
  },
];

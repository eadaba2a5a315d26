// A number for a step: from the camera, from a picture, or typed twice. Whether it is right, the device says.
import type { Look } from '../../host/camera';
import { pictureOf } from '../../host/picture';
import type { AssetFault, CodeView, ScanSource, Sighting } from '../../host/types';
import type { CaptureWay } from '../../widgets/CodeCapture.svelte';
import type { Size } from '../../widgets/aim';
import { typedCode } from '../../format/code';
import { signal } from '../../widgets/signal';
import { asText, field } from '../draft';
import { position } from '../position';
import { problemOf } from '../problem';
import { StepState } from '../step/step.svelte';
import { sorted, type Found, type Seen } from './found';

/** A number that was read and is being judged. */
type Candidate = { asset_no: string; source: ScanSource; image: string | null; sighting?: Sighting };

/** The photo that stands behind a typed number, and what the app reads on it. */
export type TypedProof = { hash: string; thumbnail: string; reads: string | null };

/** After so many frames that need a second proof and get none, the crew is asked instead. */
const FRAMES_OF_PATIENCE = 6;

/** The scan of a step. */
export class ScanState extends StepState {
  way = $state<CaptureWay>('camera');
  typed = $state({ first: '', second: '' });
  proof = $state.raw<TypedProof | null>(null);
  /** What is on the newest frame of the running video, in pixels of a frame of `size`. */
  live = $state.raw<{ seen: Seen; size: Size } | null>(null);
  /** The picture that is being asked about, held still. */
  held = $state.raw<Seen | null>(null);
  /** More than one number in the picture: a person points at the right one. */
  several = $state.raw<Found[]>([]);
  /** A number that counts only once the crew has compared it with the label. */
  unsure = $state.raw<Found | null>(null);
  /** A code on the picture that is no asset number. */
  other = $state.raw<CodeView | null>(null);
  /** Nothing was found in the picture that was chosen. */
  nothing = $state(false);
  candidate = $state.raw<Candidate | null>(null);
  /** What is wrong with the number as typed so far. */
  fault = $state.raw<AssetFault | null>(null);
  #unproved = 0;

  protected override async restore(): Promise<void> {
    await this.draft.load((kept) => {
      this.typed = { first: asText(field(kept, 'first')), second: asText(field(kept, 'second')) };
      if (this.typed.first !== '') this.way = 'typed';
      const proof = field(kept, 'proof');
      const hash = asText(field(proof, 'hash'));
      const reads = asText(field(proof, 'reads'));
      if (hash !== '') this.proof = { hash, thumbnail: asText(field(proof, 'thumbnail')), reads: reads === '' ? null : reads };
      this.takeReasons(field(kept, 'reasons'));
    });
  }

  override keep(): void {
    this.draft.save({ ...this.typed, proof: this.proof, reasons: this.reasons });
  }

  /** Another way to read it. */
  by(way: CaptureWay): void {
    this.way = way;
    this.look_again();
  }

  /** Back to the running picture, or to choosing one. */
  look_again(): void {
    this.nothing = false;
    this.problem = null;
    this.held = null;
    this.several = [];
    this.unsure = null;
    this.other = null;
    this.live = null;
    this.#unproved = 0;
  }

  /** What is being typed; the number is read at once, so that a slip shows before it is typed again. */
  type(first: string, second: string): void {
    this.typed = { first, second };
    this.keep();
    void this.#read(first);
  }

  async #read(text: string): Promise<void> {
    const code = typedCode(text);
    const said = code === '' ? null : await this.host.read_asset_no(code, this.order_id).catch(() => null);
    if (typedCode(this.typed.first) !== code) return;
    this.fault = said?.asset === 'invalid' ? said.fault : null;
  }

  /** A frame of the running video was looked at; true when it is held still, which ends looking. */
  seen({ seen: view, picture }: Look): boolean {
    const seen = sorted(view, picture, 'camera', this.order);
    this.live = { seen, size: picture };
    this.other = seen.others[0] ?? (seen.found.length > 0 ? null : this.other);
    const [only, ...more] = seen.found;
    if (only === undefined) return false;
    if (more.length === 0 && only.code.needs_eyes) {
      this.#unproved += 1;
      if (this.#unproved < FRAMES_OF_PATIENCE) return false;
    }
    this.#hold(seen);
    return true;
  }

  /** A picture the person chose. */
  async file(blob: Blob): Promise<void> {
    this.look_again();
    this.busy = true;
    try {
      const bytes = new Uint8Array(await blob.arrayBuffer());
      const [view, picture] = await Promise.all([this.host.scan_image(bytes, this.order_id, 'photo', null), pictureOf(blob)]);
      const seen = sorted(view, picture, 'image_file', this.order);
      this.other = seen.others[0] ?? null;
      this.nothing = seen.found.length === 0;
      if (seen.found.length > 0) this.#hold(seen);
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }

  /** The person pointed at one of several. */
  async choose(asset_no: string): Promise<boolean> {
    const found = this.several.find((one) => one.asset_no === asset_no);
    if (!found) return false;
    this.several = [];
    if (!found.code.needs_eyes) return this.#take(found, found.code.sighting);
    this.unsure = found;
    return false;
  }

  /** The crew compared the number with the label, piece by piece. */
  async compared(): Promise<boolean> {
    const { unsure } = this;
    if (!unsure) return false;
    this.unsure = null;
    const { sighting } = unsure.code;
    return this.#take(unsure, sighting && { ...sighting, proof: 'crew' });
  }

  /** Keeps a photo of the label as proof of the typed number, and reads it too. */
  async prove(photo: Blob): Promise<void> {
    this.saving = true;
    this.problem = null;
    try {
      const bytes = new Uint8Array(await photo.arrayBuffer());
      const kept = await this.host.prepare_photo(bytes, 'nameplate', position());
      const view = await this.host.scan_image(bytes, this.order_id, 'photo', null).catch(() => null);
      const reads = view && sorted(view, null, 'image_file', this.order).found[0];
      this.proof = { hash: kept.photo.hash, thumbnail: kept.photo.thumbnail, reads: reads?.asset_no ?? null };
      this.keep();
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.saving = false;
    }
  }

  /** Another photo is to prove it. */
  unprove(): void {
    this.proof = null;
    this.keep();
  }

  /** Typed twice and the same, or sent by a hardware scanner. */
  async code(text: string, source: 'typed_twice' | 'hardware_scanner'): Promise<boolean> {
    this.problem = null;
    try {
      const said = await this.host.read_asset_no(text, this.order_id);
      this.fault = said.asset === 'invalid' ? said.fault : null;
      const image = source === 'typed_twice' ? (this.proof?.hash ?? null) : null;
      return said.asset === 'valid' && (await this.judge({ asset_no: said.asset_no, source, image }));
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    }
  }

  /** Has the device judge and record the number. */
  async judge(candidate: Candidate): Promise<boolean> {
    this.candidate = candidate;
    const done = await this.act({ action: 'scan', step: this.step_id, ...candidate, overrules: this.overrules() });
    signal.give(done ? 'good' : 'odd');
    if (done) await this.draft.drop();
    return done;
  }

  /** The same number again, with the reasons that were given since. */
  async again(): Promise<boolean> {
    return this.candidate ? this.judge(this.candidate) : false;
  }

  #hold(seen: Seen): void {
    const [only, ...more] = seen.found;
    this.held = seen;
    this.live = null;
    this.other = null;
    this.#unproved = 0;
    if (more.length > 0) this.several = seen.found;
    else if (only?.code.needs_eyes) this.unsure = only;
    else if (only) {
      void this.#take(only, only.code.sighting).then((done) => {
        if (done) this.ondone();
      });
      return;
    }
    signal.give('odd');
  }

  async #take({ asset_no }: Found, sighting: Sighting | null): Promise<boolean> {
    const { source = 'camera', image = null } = this.held ?? {};
    const done = await this.judge({ asset_no, source, image, ...(sighting ? { sighting } : {}) });
    this.held = null;
    return done;
  }

  /** Called when a scan by picture was recorded; set by the screen. */
  ondone: () => void = () => undefined;
}

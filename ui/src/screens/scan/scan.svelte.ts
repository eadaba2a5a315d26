// A number for a step: from the camera, from a picture, or typed twice. Whether it is right, the device says.
import type { AssetFault, ScanSource } from '../../host/types';
import type { CaptureWay } from '../../widgets/CodeCapture.svelte';
import { typedCode } from '../../format/code';
import { assetNumbers } from '../names';
import { asText, field } from '../draft';
import { problemOf } from '../problem';
import { StepState } from '../step/step.svelte';

/** A number that was read and is being judged. */
type Candidate = { asset_no: string; source: ScanSource; image: string | null };

/** The scan of a step. */
export class ScanState extends StepState {
  way = $state<CaptureWay>('camera');
  typed = $state({ first: '', second: '' });
  /** More than one number in the picture: a person points at the right one. */
  several = $state.raw<string[]>([]);
  /** Nothing was found in the picture that was chosen. */
  nothing = $state(false);
  candidate = $state.raw<Candidate | null>(null);
  /** What is wrong with the number as typed so far. */
  fault = $state.raw<AssetFault | null>(null);
  #image: string | null = null;

  protected override async restore(): Promise<void> {
    await this.draft.load((kept) => {
      this.typed = { first: asText(field(kept, 'first')), second: asText(field(kept, 'second')) };
      if (this.typed.first !== '') this.way = 'typed';
      this.takeReasons(field(kept, 'reasons'));
    });
  }

  override keep(): void {
    this.draft.save({ ...this.typed, reasons: this.reasons });
  }

  /** Another way to read it. */
  by(way: CaptureWay): void {
    this.way = way;
    this.nothing = false;
    this.several = [];
    this.problem = null;
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

  /** One picture of the running video; true when a number was found in it. */
  async frame(picture: Blob): Promise<boolean> {
    try {
      return await this.#look(picture, 'camera');
    } catch {
      // One bad frame is no news; the next comes at once.
      return false;
    }
  }

  /** A picture the person chose. */
  async file(picture: Blob): Promise<void> {
    this.busy = true;
    this.problem = null;
    this.nothing = false;
    try {
      this.nothing = !(await this.#look(picture, 'image_file'));
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }

  /** The person pointed at one of several. */
  async choose(asset_no: string): Promise<boolean> {
    this.several = [];
    return this.judge({ asset_no, source: this.way === 'camera' ? 'camera' : 'image_file', image: this.#image });
  }

  /** Typed twice and the same, or sent by a scanner that types. */
  async code(text: string, source: 'typed_twice' | 'hardware_scanner'): Promise<boolean> {
    this.problem = null;
    try {
      const said = await this.host.read_asset_no(text, this.order_id);
      this.fault = said.asset === 'invalid' ? said.fault : null;
      return said.asset === 'valid' && (await this.judge({ asset_no: said.asset_no, source, image: null }));
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    }
  }

  /** Has the device judge and record the number. */
  async judge(candidate: Candidate): Promise<boolean> {
    this.candidate = candidate;
    const done = await this.act({ action: 'scan', step: this.step_id, ...candidate, overrules: this.overrules() });
    if (done) await this.draft.drop();
    return done;
  }

  /** The same number again, with the reasons that were given since. */
  async again(): Promise<boolean> {
    return this.candidate ? this.judge(this.candidate) : false;
  }

  async #look(picture: Blob, source: 'camera' | 'image_file'): Promise<boolean> {
    const bytes = new Uint8Array(await picture.arrayBuffer());
    const effort = source === 'camera' ? 'frame' : 'photo';
    const { codes, image } = await this.host.scan_image(bytes, this.order_id, effort);
    const numbers = assetNumbers(codes);
    const [only, ...others] = numbers;
    if (only === undefined) return false;
    this.#image = image;
    if (others.length > 0) this.several = numbers;
    else this.#found({ asset_no: only, source, image });
    return true;
  }

  #found(candidate: Candidate): void {
    void this.judge(candidate).then((done) => {
      if (done) this.ondone();
    });
  }

  /** Called when a scan by picture was recorded; set by the screen. */
  ondone: () => void = () => undefined;
}

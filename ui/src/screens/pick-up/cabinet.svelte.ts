// At the cabinet: many meters out or back, each judged as it is scanned, with a running tally.
import type { Host, Problem } from '../../host/host';
import type { AssetFault, CabinetItem, CabinetView, Direction, ScanSource } from '../../host/types';
import type { CaptureWay } from '../../widgets/CodeCapture.svelte';
import { typedCode } from '../../format/code';
import { asText, Draft, field } from '../draft';
import { assetNumbers } from '../names';
import { problemOf } from '../problem';

/** What one scan came to; the newest stands on top. */
export type Passed = { asset_no: string; problem: Problem | null };

/** A code held before the camera for a second is scanned once, not five times. */
const SAME_CODE_MS = 4000;
/** So many outcomes stay on the screen. */
const KEPT = 8;

/** Picking up or handing back. */
export class CabinetState {
  view = $state.raw<CabinetView | null>(null);
  problem = $state.raw<Problem | null>(null);
  passed = $state.raw<Passed[]>([]);
  way = $state<CaptureWay>('camera');
  typed = $state({ first: '', second: '' });
  fault = $state.raw<AssetFault | null>(null);
  nothing = $state(false);
  busy = $state(false);
  readonly #draft: Draft;
  #last = { asset_no: '', atMs: 0 };

  /** What still has to go this way, and what has gone. */
  open = $derived(this.#items(this.direction === 'pick_up' ? ['issued'] : ['in_hand', 'removed']));
  done = $derived(this.#items(this.direction === 'pick_up' ? ['in_hand', 'bound'] : []));

  constructor(
    private readonly host: Host,
    readonly direction: Direction,
    private readonly clock: () => number = () => Date.now(),
  ) {
    this.#draft = new Draft(host, 'cabinet', direction);
  }

  /** Asks for the list, then for what was typed before. */
  async load(): Promise<void> {
    try {
      this.view = await this.host.cabinet();
      await this.#draft.load((kept) => {
        this.typed = { first: asText(field(kept, 'first')), second: asText(field(kept, 'second')) };
        if (this.typed.first !== '') this.way = 'typed';
      });
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** Another way to read the number. */
  by(way: CaptureWay): void {
    this.way = way;
    this.nothing = false;
    this.fault = null;
  }

  /** What is being typed. */
  type(first: string, second: string): void {
    this.typed = { first, second };
    this.fault = null;
    this.#draft.save(this.typed);
  }

  /** One picture of the running video; looking never ends here: the next meter follows. */
  async frame(picture: Blob): Promise<boolean> {
    try {
      await this.#look(picture, 'camera');
    } catch {
      // One bad frame is no news; the next comes at once.
    }
    return false;
  }

  /** A picture the person chose: every valid number on it is taken. */
  async file(picture: Blob): Promise<void> {
    this.busy = true;
    this.problem = null;
    this.nothing = false;
    try {
      this.nothing = (await this.#look(picture, 'image_file')) === 0;
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }

  /** Typed twice and the same, or sent by a scanner that types. */
  async code(text: string, source: 'typed_twice' | 'hardware_scanner'): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      const said = await this.host.read_asset_no(typedCode(text), null);
      this.fault = said.asset === 'invalid' ? said.fault : null;
      if (said.asset === 'valid' && (await this.#pass(said.asset_no, source, null))) {
        this.typed = { first: '', second: '' };
        this.#draft.save(this.typed);
      }
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }

  async #look(picture: Blob, source: ScanSource): Promise<number> {
    const bytes = new Uint8Array(await picture.arrayBuffer());
    const { codes, image } = await this.host.scan_image(bytes, null, source === 'camera' ? 'frame' : 'photo');
    const numbers = assetNumbers(codes);
    for (const asset_no of numbers) {
      const again =
        source === 'camera' && asset_no === this.#last.asset_no && this.clock() - this.#last.atMs < SAME_CODE_MS;
      this.#last = { asset_no, atMs: this.clock() };
      if (!again) await this.#pass(asset_no, source, image);
    }
    return numbers.length;
  }

  async #pass(asset_no: string, source: ScanSource, image: string | null): Promise<boolean> {
    let problem: Problem | null = null;
    try {
      this.view = await this.host.cabinet_scan({ direction: this.direction, asset_no, source, image });
    } catch (error) {
      problem = problemOf(error);
    }
    this.passed = [{ asset_no, problem }, ...this.passed].slice(0, KEPT);
    return problem === null;
  }

  #items(places: CabinetItem['place'][]): CabinetItem[] {
    return (this.view?.items ?? []).filter((item) => places.includes(item.place));
  }
}

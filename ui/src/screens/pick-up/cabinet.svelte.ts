// At the cabinet: many meters out or back, each judged as it is scanned, with a running tally.
import type { Look } from '../../host/camera';
import type { Host, Problem } from '../../host/host';
import type { AssetFault, CabinetItem, CabinetView, Direction, ScanSource, ScanView, Sighting } from '../../host/types';
import type { CaptureWay } from '../../widgets/CodeCapture.svelte';
import { typedCode } from '../../format/code';
import { asText, Draft, field } from '../draft';
import { assetNumbers } from '../names';
import { signal } from '../../widgets/signal';
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

  /** A frame of the running video was looked at; looking never ends here: the next meter follows. */
  async seen({ seen }: Look): Promise<boolean> {
    await this.#take(seen, 'camera');
    return false;
  }

  /** A picture the person chose: every valid number on it is taken. */
  async file(picture: Blob): Promise<void> {
    this.busy = true;
    this.problem = null;
    this.nothing = false;
    try {
      const bytes = new Uint8Array(await picture.arrayBuffer());
      this.nothing = (await this.#take(await this.host.scan_image(bytes, null, 'photo', null), 'image_file')) === 0;
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

  /** Takes every number that needs no second look; a label that was hard to read is held closer, or typed. */
  async #take({ codes, image }: ScanView, source: ScanSource): Promise<number> {
    const numbers = assetNumbers(codes);
    for (const asset_no of numbers) {
      const again =
        source === 'camera' && asset_no === this.#last.asset_no && this.clock() - this.#last.atMs < SAME_CODE_MS;
      this.#last = { asset_no, atMs: this.clock() };
      if (again) continue;
      const read = codes.find(({ asset }) => asset.asset === 'valid' && asset.asset_no === asset_no);
      signal.give((await this.#pass(asset_no, source, image, read?.sighting)) ? 'good' : 'odd');
    }
    return numbers.length;
  }

  async #pass(asset_no: string, source: ScanSource, image: string | null, seen?: Sighting | null): Promise<boolean> {
    let problem: Problem | null = null;
    try {
      this.view = await this.host.cabinet_scan({ direction: this.direction, asset_no, source, image, ...(seen ? { sighting: seen } : {}) });
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

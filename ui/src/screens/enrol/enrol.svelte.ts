// Making the tablet the crew's: the QR code of the office's sheet, or its short code and the gateway's address.
import type { Effort, Host, Problem } from '../../host/host';
import type { CaptureWay } from '../../widgets/CodeCapture.svelte';
import { problemOf } from '../problem';

/** The enrol screen. */
export class EnrolState {
  way = $state<CaptureWay>('camera');
  code = $state('');
  gateway = $state('');
  device_name = $state('');
  problem = $state.raw<Problem | null>(null);
  /** The picture held no code. */
  nothing = $state(false);
  busy = $state(false);

  constructor(
    private readonly host: Host,
    readonly ondone: () => void,
  ) {}

  /** Another way to give the code. */
  by(way: CaptureWay): void {
    this.way = way;
    this.nothing = false;
    this.problem = null;
  }

  /** One picture of the running video; true when a code was found and tried. */
  async frame(picture: Blob): Promise<boolean> {
    try {
      const link = await this.#link(picture, 'frame');
      if (link === null) return false;
      await this.#enrol(link, null);
      return true;
    } catch {
      // One bad frame is no news; the next comes at once.
      return false;
    }
  }

  /** A picture the person chose. */
  async file(picture: Blob): Promise<void> {
    this.problem = null;
    this.nothing = false;
    this.busy = true;
    try {
      const link = await this.#link(picture, 'photo');
      this.nothing = link === null;
      if (link !== null) await this.#enrol(link, null);
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }

  /** What was typed. A whole link may be pasted as the code. */
  async typed(): Promise<void> {
    const gateway = this.gateway.trim();
    await this.#enrol(this.code.trim(), gateway === '' ? null : gateway);
  }

  async #link(picture: Blob, effort: Effort): Promise<string | null> {
    const { codes } = await this.host.scan_image(new Uint8Array(await picture.arrayBuffer()), null, effort);
    return codes[0]?.text ?? null;
  }

  async #enrol(link_or_code: string, gateway: string | null): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      await this.host.enrol(link_or_code, gateway, this.device_name.trim());
      this.ondone();
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }
}

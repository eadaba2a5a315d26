// Making the tablet the crew's: the QR code of the office's sheet, or its short code and the gateway's address.
import type { Look } from '../../host/camera';
import type { Host, Problem } from '../../host/host';
import { signal } from '../../widgets/signal';
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

  /** A frame of the running video was looked at; true when there was a code, which was tried. */
  async seen({ seen }: Look): Promise<boolean> {
    const link = seen.codes[0]?.text;
    if (link === undefined) return false;
    signal.give('good');
    await this.#enrol(link, null);
    return true;
  }

  /** A picture the person chose. */
  async file(picture: Blob): Promise<void> {
    this.problem = null;
    this.nothing = false;
    this.busy = true;
    try {
      const bytes = new Uint8Array(await picture.arrayBuffer());
      const { codes } = await this.host.scan_image(bytes, null, 'photo', null);
      const link = codes[0]?.text ?? null;
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

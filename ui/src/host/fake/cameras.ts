// A camera made up in memory, for tests of what uses one.
import { CameraError, type CameraEvent, type CameraFault, type Cameras, type Lens, type Look } from '../camera';

/** What the made-up camera can do, and what became of it. */
export class FakeCameras implements Cameras {
  /** Why it will not open; null when it will. */
  fault: CameraFault | null = null;
  has = { torch: true, zoom: true, obeys: true };
  /** What the next looks see. */
  looks: (Look | null)[] = [];
  readonly open_now = new Set<Lens>();
  opened = 0;
  #tell: (event: CameraEvent) => void = () => undefined;
  #held: Promise<void> | null = null;

  /** Has the next opening wait, as a person does before the system's question; answers how to let it go on. */
  hold(): () => void {
    let go: () => void = () => undefined;
    this.#held = new Promise((resolve) => (go = resolve));
    return go;
  }

  /** Has something happen to the open camera. */
  happens(event: CameraEvent): void {
    this.#tell(event);
  }

  async open(_: HTMLVideoElement, heard: (event: CameraEvent) => void): Promise<Lens> {
    await this.#held;
    if (this.fault !== null) throw new CameraError(this.fault);
    this.opened += 1;
    this.#tell = heard;
    const { has, open_now } = this;
    const next = async () => this.looks.shift() ?? null;
    const lens: Lens = {
      torch: has.torch,
      zoom: has.zoom ? { min: 1, max: 4, step: 0.1, now: 1 } : null,
      light: async () => has.obeys,
      magnify: async (to) => ({ min: 1, max: 4, step: 0.1, now: to }),
      look: next,
      shoot: async () => new Blob(['made up']),
      close: () => void open_now.delete(lens),
    };
    open_now.add(lens);
    return lens;
  }
}

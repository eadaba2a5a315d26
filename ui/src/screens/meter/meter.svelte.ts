// Reading a meter through a probe: which port, how far it is, what the meter said; nothing counts before it is used.
import type { Host, Problem } from '../../host/host';
import type { ItemReadout, MeterPorts, MeterProgress, MeterProtocol, OrderView, Readout, StepView } from '../../host/types';
import { Draft } from '../draft';
import { problemOf } from '../problem';
import { kept, type Heard, type Kept } from '../reading/kept';

/** How far the screen is: choosing a port, reading, looking at what was read. */
export type Stage = 'ports' | 'running' | 'done';

/** One reading of the meter of a step. */
export class MeterState {
  order = $state.raw<OrderView | null>(null);
  problem = $state.raw<Problem | null>(null);
  stage = $state<Stage>('ports');
  /** The ports there are; null until the device has said. */
  ports = $state.raw<MeterPorts['ports'] | null>(null);
  /** The port that was tapped. */
  picked = $state<string | null>(null);
  /** A serial server's address or a device, as typed; it goes before what was tapped. */
  typed = $state('');
  stopping = $state(false);

  /** The language that is being tried, or that the meter speaks. */
  protocol = $state<MeterProtocol | null>(null);
  /** Who answered; null while nobody did. */
  comm_address = $state<string | null>(null);
  items = $state.raw<ItemReadout[]>([]);
  of = $state(0);
  heard = $state.raw<Heard | null>(null);

  /** What is read through; null while nothing was chosen. */
  port = $derived(this.typed.trim() === '' ? this.picked : this.typed.trim());

  readonly #draft: Draft;
  #kept: Kept | null = null;
  #unhear: (() => void) | null = null;
  #left = false;

  constructor(
    private readonly host: Host,
    readonly order_id: string,
    readonly step_id: string,
  ) {
    this.#draft = new Draft(host, order_id, step_id);
  }

  /** The step the readout is for. */
  get view(): StepView | undefined {
    return this.order?.steps.find(({ step }) => step.id === this.step_id);
  }

  /** Asks for the order, the ports, and what was read before a kill. */
  async load(): Promise<void> {
    this.#unhear = this.host.on_meter((progress) => this.#progress(progress));
    try {
      this.order = await this.host.order(this.order_id);
      const record = this.view?.record;
      this.#kept = await this.#draft.load((draft) => kept(draft, record?.record === 'reading' ? record : null));
      if (this.#kept.heard !== null) this.#show(this.#kept.heard);
      const found = await this.host.meter_ports();
      this.ports = found.ports;
      this.#preselect(found);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** Looks for ports again; what was chosen stays while it is there. */
  async look(): Promise<void> {
    try {
      const found = await this.host.meter_ports();
      this.ports = found.ports;
      if (!found.ports.some(({ name }) => name === this.picked)) this.#preselect({ ...found, last: null });
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** A port was tapped. */
  pick(name: string): void {
    this.picked = name;
    this.typed = '';
  }

  /** Reads the meter. */
  async start(): Promise<void> {
    const { port } = this;
    if (port === null || this.stage === 'running') return;
    this.problem = null;
    this.protocol = null;
    this.comm_address = null;
    this.items = [];
    this.of = 0;
    this.stopping = false;
    this.#keep({ heard: (this.heard = null) });
    this.stage = 'running';
    try {
      const readout = await this.host.read_meter(this.order_id, port);
      if (this.#left) return;
      this.#show({ readout, at: Date.now() });
      this.#keep({ heard: this.heard });
    } catch (error) {
      this.problem = problemOf(error);
      this.stage = 'ports';
    }
  }

  /** Stops the reading; it ends as `cancelled`. */
  cancel(): void {
    if (this.stage !== 'running') return;
    this.stopping = true;
    this.host.cancel_meter().catch((error: unknown) => {
      this.problem = problemOf(error);
      this.stopping = false;
    });
  }

  /** Back to the choice of the port. */
  again(): void {
    this.problem = null;
    this.stage = 'ports';
  }

  /** Takes the readout over into the step; choices made for an older one are asked anew. True when it is kept. */
  async use(): Promise<boolean> {
    if (this.heard === null) return false;
    this.#keep({ readout: this.heard.readout, chosen: {}, heard: null });
    await this.#draft.settled();
    return true;
  }

  /** The screen is left: nobody waits for the meter any more. */
  leave(): void {
    this.#left = true;
    this.#unhear?.();
    this.#unhear = null;
    this.cancel();
  }

  #show(heard: Heard): void {
    const { protocol, comm_address, items }: Readout = heard.readout;
    this.heard = heard;
    this.protocol = protocol;
    this.comm_address = comm_address;
    this.items = items;
    this.of = items.length;
    this.stage = 'done';
  }

  #keep(change: Partial<Kept>): void {
    if (this.#kept === null) return;
    this.#kept = { ...this.#kept, ...change };
    this.#draft.save(this.#kept);
  }

  #preselect({ ports, last }: MeterPorts): void {
    const [first, ...more] = ports;
    if (ports.some(({ name }) => name === last)) this.picked = last;
    else this.picked = more.length === 0 ? (first?.name ?? null) : null;
    if (last?.startsWith('tcp://') && this.typed === '') this.typed = last;
  }

  #progress(progress: MeterProgress): void {
    if (this.stage !== 'running') return;
    switch (progress.meter) {
      case 'trying':
        this.protocol = progress.protocol;
        break;
      case 'found':
        this.protocol = progress.protocol;
        this.comm_address = progress.comm_address;
        break;
      case 'item':
        this.items = [...this.items, progress.readout];
        this.of = progress.of;
    }
  }
}

// Everything the tablet's screens ask of the device, in one interface.
import type { Cameras } from './camera';
import type {
  Action,
  AssetView,
  CabinetAsk,
  CabinetView,
  CardEnd,
  CardStep,
  CardView,
  Changed,
  DisplayView,
  Failure,
  FormView,
  MeterPorts,
  MeterProgress,
  OrderView,
  Place,
  PreparedPhoto,
  Purpose,
  Readout,
  Register,
  ScanView,
  Settings,
  ShownRemainder,
  Status,
  Strokes,
  SyncView,
  Today,
  TodayAsk,
} from './types';

/** Why a call did not do what was asked; `unexpected` is what nobody foresaw, named for the engineer. */
export type Problem = Failure | { error: 'unexpected'; detail: string };

/** Thrown by every call that did not do what was asked; nothing changed then. */
export class HostError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.error);
  }
}

/** Which rendering of a photo: for lists, as taken, or with time, place and order written on it. */
export type PhotoVariant = 'thumbnail' | 'full' | 'watermarked';

/** How long to look for codes: at one frame of many from a running camera, or at the only picture there is. */
export type Effort = 'frame' | 'photo';

/** What of a display's photo is to be read. */
export type DisplayLook = {
  /** The photo, as it is kept. */
  photo: string;
  order: string;
  step: string;
  /** Which register the display is on, as the crew says. */
  register: Register;
  /** What was typed, or what the meter itself said. */
  known: string | null;
  /** The crew's frame: corners from the upper left clockwise, in pixels of the photo; the whole photo without. */
  frame: [[number, number], [number, number], [number, number], [number, number]] | null;
};

/** The device behind the screens; calls are named like the device's commands. Every one may throw [`HostError`]. */
export interface Host {
  /** Who this device is, its settings, and where the crew was when the app last ran. */
  status(): Promise<Status>;
  /** Makes the device the crew's: the text of the office's QR code, or its short code and the gateway's address. */
  enrol(link_or_code: string, gateway: string | null, device_name: string): Promise<Status>;
  /** Keeps where the crew is, so that a restart lands there. */
  save_route(route: string): Promise<void>;
  /** Keeps the settings. */
  save_settings(settings: Settings): Promise<void>;
  /** Keeps what is typed and not yet confirmed; null forgets it. */
  save_draft(order: string, step: string, text: string | null): Promise<void>;
  /** What was typed and not yet confirmed. */
  draft(order: string, step: string): Promise<string | null>;
  /** The day's orders. */
  today(ask: TodayAsk): Promise<Today>;
  /** One order with all a screen needs. */
  order(order: string): Promise<OrderView>;
  /** Does something to an order; answers with the order as it then stands. */
  act(order: string, action: Action): Promise<OrderView>;
  /** The cameras of the device. */
  readonly cameras: Cameras;
  /**
   * The codes on a picture, nearest first to where the crew aims (in pixels of the picture); the picture is kept as
   * evidence if an act refers to it.
   */
  scan_image(picture: Uint8Array, order: string | null, effort: Effort, aim: [number, number] | null): Promise<ScanView>;
  /** What a kept photo of a display says beside a register's value. Nothing is changed by it. */
  read_display(look: DisplayLook): Promise<DisplayView>;
  /** What a typed or hardware-scanned text says as an asset number. */
  read_asset_no(text: string, order: string | null): Promise<AssetView>;
  /** Makes a picture ready as evidence and stores it; it is part of no step before `act` takes it. */
  prepare_photo(picture: Uint8Array, purpose: Purpose, place: Place | null): Promise<PreparedPhoto>;
  /** What the customer is shown before signing. */
  form(order: string): Promise<FormView>;
  /** Stores a signature's strokes and names them. */
  save_strokes(strokes: Strokes): Promise<string>;
  /** The issue list and what the crew has. */
  cabinet(): Promise<CabinetView>;
  /** Takes an asset out of the cabinet or puts it back. */
  cabinet_scan(ask: CabinetAsk): Promise<CabinetView>;
  /** Where a probe may be, and which was used last. */
  meter_ports(): Promise<MeterPorts>;
  /** Reads the meter in front of the probe; up to a minute. Nothing is recorded by it. */
  read_meter(order: string, port: string): Promise<Readout>;
  /** Stops the reading that is under way; it ends as `cancelled`. */
  cancel_meter(): Promise<void>;
  /** What is on the card in the reader, what will be and why; a second at most. Nothing is written by it. */
  card_look(order_id: string, shown: ShownRemainder | null): Promise<CardView>;
  /** Writes the card, or goes on with a write that was cut off; some seconds. A cut says `in_doubt`. */
  card_write(order_id: string, shown: ShownRemainder | null): Promise<CardEnd>;
  /** Keeps the card in the reader as the customer's old card, so that another takes its place; false undoes it. */
  card_set_aside(order_id: string, aside: boolean): Promise<CardView>;
  /** Gives up a write that was begun, on the proof of the card in the reader. */
  card_give_up(order_id: string): Promise<CardEnd>;
  /** How far everything has got. */
  sync(): Promise<SyncView>;
  /** Tries to send at once. */
  sync_now(): Promise<void>;
  /** Writes a bundle for the engineer, without customers; answers where it lies. */
  export_diagnostics(): Promise<string>;
  /** Opens the supervisor's desk in a window of its own. */
  open_desk(): Promise<void>;
  /** Where an <img> finds a photo of this device. */
  photo_url(hash: string, variant: PhotoVariant): string;
  /** Calls `heard` whenever orders or the cabinet changed without being asked; answers how to stop. */
  on_changed(heard: (changed: Changed) => void): () => void;
  /** Calls `heard` with every step of a reading; answers how to stop. */
  on_meter(heard: (progress: MeterProgress) => void): () => void;
  /** Calls `heard` with every step of a card's writing; answers how to stop. */
  on_card(heard: (step: CardStep) => void): () => void;
  /** Calls `heard` with every code that the device's own scanner read; answers how to stop. */
  on_scanner(heard: (code: string) => void): () => void;
  /** Calls `heard` with every step of sync; answers how to stop. */
  on_sync(heard: (view: SyncView) => void): () => void;
}

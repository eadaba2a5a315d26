// How far everything has got, and one button that tries at once.
import type { Host, Problem } from '../../host/host';
import type { SyncView } from '../../host/types';
import { problemOf } from '../problem';

/** The sync screen. */
export class SyncScreenState {
  view = $state.raw<SyncView | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);

  constructor(private readonly host: Host) {}

  /** Asks how things stand. */
  async load(): Promise<void> {
    try {
      this.view = await this.host.sync();
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** What the device tells while it works. */
  heard(view: SyncView): void {
    this.view = view;
  }

  /** Tries to send now, whatever the waiting time. */
  async now(): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      await this.host.sync_now();
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
    await this.load();
  }
}

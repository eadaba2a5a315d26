// The page of prepaid cards: reports that do not fit, leave to write cards, what is in doubt, and giving leave again.
import { problemOf, type CardIncident, type CardLeave, type Desk, type DeskProblem } from '../desk';

/** What the list is narrowed to; empty is everything. `open` are leaves a card may still come of. */
export type CardsAsk = { state: '' | 'open' | CardLeave['state']; device: string; kind: string; search: string };

const NOTHING: CardsAsk = { state: '', device: '', kind: '', search: '' };

/** What a supervisor is about to do, by the name of the row; giving leave again is asked twice. */
export type Asking = { act: 'reissue'; row: string; stage: 'reason' | 'sure' } | { act: 'settle'; row: string };

/** What was done last. */
export type CardDone = { act: 'reissued'; leave: CardLeave } | { act: 'settled' };

/** Whether what is on the card is not known. */
export function isDoubtful({ state }: Pick<CardLeave, 'state'>): boolean {
  return state === 'in_doubt' || state === 'burned';
}

/** Whether a card may still come of a leave that nobody else may write. */
export function isLive(leave: Pick<CardLeave, 'state'>): boolean {
  return leave.state === 'leased' || isDoubtful(leave);
}

/** When something last happened to a leave. */
export function lastAt({ issued_at, begun, ended, reissued }: CardLeave): number {
  return Math.max(issued_at, begun?.at ?? 0, ended?.at ?? 0, reissued?.at ?? 0);
}

/** The name of a report's row; a leave's row has the leave's id. */
export function rowOf({ no }: CardIncident): string {
  return `incident-${String(no)}`;
}

/** The page of cards. */
export class CardsState {
  leaves = $state.raw<CardLeave[] | null>(null);
  incidents = $state.raw<CardIncident[]>([]);
  ask = $state.raw<CardsAsk>(NOTHING);
  /** The row that is open. */
  chosen = $state<string | null>(null);
  asking = $state.raw<Asking | null>(null);
  reason = $state('');
  busy = $state(false);
  problem = $state.raw<DeskProblem | null>(null);
  done = $state.raw<CardDone | null>(null);
  /** Reports nobody has settled, the newest first. */
  readonly waiting = $derived(this.incidents.filter((one) => one.settled === null).sort((a, b) => b.at - a.at));
  /** Reports somebody has looked into, the newest first. */
  readonly settled = $derived(this.incidents.filter((one) => one.settled !== null).sort((a, b) => b.at - a.at));
  /** Leaves in sight: those in doubt first, then the newest. */
  readonly shown = $derived(
    (this.leaves ?? [])
      .filter((leave) => this.#fits(leave))
      .sort((a, b) => Number(isDoubtful(b)) - Number(isDoubtful(a)) || lastAt(b) - lastAt(a)),
  );
  readonly filtered = $derived(Object.values(this.ask).some((value) => value !== ''));
  readonly leave = $derived((this.leaves ?? []).find(({ authorisation }) => authorisation === this.chosen) ?? null);
  readonly incident = $derived(this.waiting.find((one) => rowOf(one) === this.chosen) ?? null);

  constructor(
    private readonly desk: Desk,
    private readonly heard: (problem: DeskProblem | null) => void = () => undefined,
  ) {}

  /** Asks again; what is in sight stays when it fails. */
  async refresh(): Promise<void> {
    try {
      const { leaves, incidents } = await this.desk.cards();
      this.leaves = leaves;
      this.incidents = incidents;
      if (this.problem?.code === 'no_link') this.problem = null;
      // What is no longer to be done is no longer asked.
      if (this.asking && !this.busy && !this.#may(this.asking.act)) this.give_up();
      this.heard(null);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Narrows the list. */
  filter(change: Partial<CardsAsk>): void {
    this.ask = { ...this.ask, ...change };
  }

  /** Shows everything. */
  clear(): void {
    this.ask = NOTHING;
  }

  /** Opens a row; one the filters hide comes into sight. */
  choose(row: string): void {
    if (row !== this.chosen) this.give_up();
    this.chosen = row;
    if (this.leave && !this.shown.includes(this.leave)) this.clear();
  }

  /** One row down or up, reports first; stops at the ends. */
  step(by: 1 | -1): void {
    const rows = [...this.waiting.map(rowOf), ...this.shown.map(({ authorisation }) => authorisation)];
    const at = rows.indexOf(this.chosen ?? '');
    const next = at === -1 ? rows[0] : rows[at + by];
    this.done = null;
    if (next !== undefined) this.choose(next);
  }

  /** Asks why: to give leave again, or what was found. */
  begin(act: Asking['act']): void {
    if (this.chosen === null || this.busy || !this.#may(act)) return;
    this.problem = null;
    this.done = null;
    this.reason = '';
    this.asking = act === 'reissue' ? { act, row: this.chosen, stage: 'reason' } : { act, row: this.chosen };
  }

  /** One step on; without words there is nothing to go on with. */
  async go_on(): Promise<void> {
    const { asking } = this;
    if (asking === null || this.reason.trim() === '' || this.busy) return;
    if (asking.act === 'reissue' && asking.stage === 'reason') this.asking = { ...asking, stage: 'sure' };
    else await this.#send(asking);
  }

  /** One step back: from the second question to the reason, which stays, and from there out. */
  back(): void {
    if (this.busy) return;
    if (this.asking?.act === 'reissue' && this.asking.stage === 'sure') this.asking = { ...this.asking, stage: 'reason' };
    else this.give_up();
  }

  /** Nothing is asked any more. */
  give_up(): void {
    this.asking = null;
    this.reason = '';
  }

  async #send(asking: Asking): Promise<void> {
    const { leave, incident } = this;
    const why = this.reason.trim();
    this.busy = true;
    this.problem = null;
    try {
      if (asking.act === 'reissue' && leave) {
        await this.desk.reissue(leave.authorisation, why);
        this.done = { act: 'reissued', leave };
      } else if (asking.act === 'settle' && incident) {
        await this.desk.settle(incident.no, why);
        this.done = { act: 'settled' };
      }
      this.give_up();
      await this.refresh();
    } catch (error) {
      // The words stay: they may have to go again.
      if (asking.act === 'reissue') this.asking = { ...asking, stage: 'reason' };
      await this.#refused(error);
    } finally {
      this.busy = false;
    }
  }

  /** Nothing was done: says why, and shows how things are now. */
  async #refused(error: unknown): Promise<void> {
    if (problemOf(error).code === 'card_leave_out') {
      this.give_up();
      await this.refresh();
    }
    this.#fail(error);
  }

  #may(act: Asking['act']): boolean {
    return act === 'reissue' ? this.leave !== null && isLive(this.leave) : this.incident !== null;
  }

  #fits(leave: CardLeave): boolean {
    const { state, device, kind, search } = this.ask;
    if (state === 'open' ? !isLive(leave) : state !== '' && leave.state !== state) return false;
    if ((device !== '' && leave.device !== device) || (kind !== '' && leave.kind !== kind)) return false;
    const words = search.replace(/\s/g, '').toLowerCase();
    const texts = [leave.account_no, leave.order, leave.authorisation, leave.operator, leave.device_name, leave.begun?.serial ?? '', leave.begun?.meter_no ?? ''];
    return texts.some((text) => text.replace(/\s/g, '').toLowerCase().includes(words));
  }

  #fail(error: unknown): void {
    this.problem = problemOf(error);
    this.heard(this.problem);
  }
}

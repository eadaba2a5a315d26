// Meters under a collection terminal: which, at what measuring point, and whether the terminal reached them.
import { typedCode } from '../../format/code';
import type { Answered, AssetFault, AttachedMeter } from '../../host/types';
import { asList, asText, field } from '../draft';
import { assetNumbers } from '../names';
import { problemOf } from '../problem';
import { StepState } from '../step/step.svelte';

/** One meter as it is being entered: numbers are text until they are handed in. */
export type AttachRow = { asset_no: string; comm_address: string; measuring_point: string; answered: Answered };

const ANSWERS: Answered[] = ['yes', 'no', 'not_tried'];

function rowOf(kept: unknown): AttachRow {
  const answered = asText(field(kept, 'answered'));
  return {
    asset_no: asText(field(kept, 'asset_no')),
    comm_address: asText(field(kept, 'comm_address')),
    measuring_point: asText(field(kept, 'measuring_point')),
    answered: ANSWERS.find((answer) => answer === answered) ?? 'not_tried',
  };
}

/** The last twelve digits before the check digit: often, never surely, the communication address. */
function addressHint(asset_no: string): string {
  return asset_no.length === 22 ? asset_no.slice(9, 21) : '';
}

/** The meters of an attach step. */
export class AttachState extends StepState {
  rows = $state<AttachRow[]>([]);
  typing = $state('');
  /** What is wrong with the number that was typed. */
  fault = $state.raw<AssetFault | null>(null);
  /** No number was found on the picture. */
  nothing = $state(false);

  /** Meters of the order that are not on the list yet. */
  waiting = $derived(
    (this.order?.order.dispatch.terminal_meters ?? []).filter(
      (asset_no) => !this.rows.some((row) => row.asset_no === asset_no),
    ),
  );
  /** The first row that lacks something. */
  incomplete = $derived(
    this.rows.find((row) => row.comm_address === '' || !/^\d{1,4}$/.test(row.measuring_point)) ?? null,
  );

  protected override async restore(): Promise<void> {
    const record = this.view?.record;
    if (record?.record === 'attach')
      this.rows = record.meters.map((meter) => ({ ...meter, measuring_point: String(meter.measuring_point) }));
    await this.draft.load((kept) => {
      if (kept === undefined) return;
      this.rows = asList(field(kept, 'rows')).map(rowOf);
      this.typing = asText(field(kept, 'typing'));
    });
  }

  override keep(): void {
    this.draft.save({ rows: this.rows, typing: this.typing });
  }

  /** A number as it is typed. */
  type(text: string): void {
    this.typing = text;
    this.fault = null;
    this.keep();
  }

  /** Puts a meter on the list, at the next free measuring point. */
  add(asset_no: string): void {
    if (!this.rows.some((row) => row.asset_no === asset_no)) {
      const taken = this.rows.map((row) => Number(row.measuring_point));
      const measuring_point = String(Math.max(0, ...taken) + 1);
      this.rows.push({ asset_no, comm_address: addressHint(asset_no), measuring_point, answered: 'not_tried' });
    }
    this.typing = '';
    this.keep();
  }

  /** Has the device read a typed or scanned text as a number, then puts it on the list. */
  async addText(text: string): Promise<void> {
    this.problem = null;
    try {
      const said = await this.host.read_asset_no(typedCode(text), this.order_id);
      if (said.asset === 'valid') this.add(said.asset_no);
      else this.fault = said.fault;
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** Reads the meters on a picture; every valid number of it goes on the list. */
  async file(picture: Blob): Promise<void> {
    this.busy = true;
    this.problem = null;
    this.nothing = false;
    try {
      const bytes = new Uint8Array(await picture.arrayBuffer());
      const { codes } = await this.host.scan_image(bytes, this.order_id, 'photo', null);
      const numbers = assetNumbers(codes);
      for (const asset_no of numbers) this.add(asset_no);
      this.nothing = numbers.length === 0;
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }

  /** Takes a meter off the list. */
  remove(asset_no: string): void {
    this.rows = this.rows.filter((row) => row.asset_no !== asset_no);
    this.keep();
  }

  /** Changes one field of a row. */
  set(row: AttachRow, change: Partial<AttachRow>): void {
    Object.assign(row, change);
    this.keep();
  }

  /** Has the device check and record the list. */
  async submit(): Promise<boolean> {
    const meters: AttachedMeter[] = this.rows.map((row) => ({
      ...$state.snapshot(row),
      measuring_point: Number(row.measuring_point),
    }));
    const done = await this.act({ action: 'attach', step: this.step_id, meters });
    if (done) await this.draft.drop();
    return done;
  }
}

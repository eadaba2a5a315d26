// Facts as the words of the screen: kinds, distances, registers, evidence in one line.
import { account, asset, seal } from '../format/code';
import { dotted } from '../format/list';
import { distance, grouped } from '../format/number';
import type {
  AssetFault,
  CodeView,
  Evidence,
  MeterModel,
  OrderKind,
  Register,
  ReplaceReason,
  StepView,
} from '../host/types';
import { t } from '../text/text.svelte';

/** `故障换表` rather than `换表` where the reason is known. */
export function kindWord(kind: OrderKind, reason: ReplaceReason | null): string {
  return kind === 'replace' && reason !== null ? t(`kind.replace_${reason}`) : t(`kind.${kind}`);
}

/** `420 米` · `1.9 公里`. */
export function distanceWord(metres: number): string {
  const { number, unit } = distance(metres);
  return t(`unit.${unit}`, { n: number });
}

/** `单相 · 预付费`. */
export function modelWords(model: Pick<MeterModel, 'wiring' | 'prepaid'>): string {
  return `${t(`wiring.${model.wiring}`)} · ${t(model.prepaid ? 'meter.prepaid' : 'meter.postpaid')}`;
}

/** A reading with its unit: `12 345.67 kWh`, `87.65 元`. */
export function readingWord(register: Register, value: string): string {
  return `${grouped(value)} ${t(register === 'money_left' ? 'unit.yuan' : 'unit.kwh')}`;
}

/** What a step holds: the line under its title and the value that matters. */
export function evidenceWords(step: StepView): { detail: string; value: string } {
  const { record, photos } = step;
  const detail: string[] = [];
  let value = '';
  if (record) ({ value } = describe(record, detail));
  if (photos.length > 0) detail.push(t('evidence.photos', { n: photos.length }));
  return { detail: dotted(detail), value };
}

function describe(record: Evidence, detail: string[]): { value: string } {
  let value = '';
  switch (record.record) {
    case 'scan':
      detail.push(asset(record.asset_no), t(`source.${record.source}`));
      break;
    case 'reading': {
      const [main, ...rest] = record.values;
      if (main) value = readingWord(main.register, main.value);
      detail.push(...rest.map((reading) => `${t(`register.${reading.register}`)} ${grouped(reading.value)}`));
      break;
    }
    case 'seals':
      if (record.removed.length > 0)
        detail.push(`${t('seals.removed')} ${record.removed.map((mark) => seal(mark.seal_no)).join(t('list.and'))}`);
      if (record.added.length > 0)
        detail.push(`${t('seals.added')} ${record.added.map((mark) => seal(mark.seal_no)).join(t('list.and'))}`);
      value = t('evidence.seals', { n: record.added.length });
      break;
    case 'attach':
      value = t('evidence.meters', { n: record.meters.length });
      detail.push(t('evidence.answered', { n: record.meters.filter((meter) => meter.answered === 'yes').length }));
      break;
    case 'note':
      detail.push(record.text);
      break;
    case 'signature':
      detail.push(t('evidence.signed', { signer: record.signer }));
      break;
  }
  if ('findings' in record && record.findings.length > 0)
    detail.push(t('evidence.overruled', { n: record.findings.length }));
  return { value };
}

/** `户号 4101 2345 67`. */
export function accountWord(account_no: string): string {
  return `${t('word.account')} ${account(account_no)}`;
}

/** What is wrong with a typed asset number, in words; undefined when nothing is. */
export function faultWords(fault: AssetFault | null): string | undefined {
  if (fault === null) return undefined;
  return fault.fault === 'length' ? t('fault.length', { digits: fault.digits }) : t(`fault.${fault.fault}`);
}

/** The asset numbers among codes, each once: a label shows the same number as bars and as a square. */
export function assetNumbers(codes: CodeView[]): string[] {
  const numbers = codes.flatMap(({ asset: said }) => (said.asset === 'valid' ? [said.asset_no] : []));
  return numbers.filter((asset_no, i) => numbers.indexOf(asset_no) === i);
}

// Facts as the tablet's screens word them: what a step holds, what is wrong with a number.
import { asset, inFours, seal } from '../format/code';
import { dotted } from '../format/list';
import { grouped } from '../format/number';
import type { AssetFault, CodeView, Evidence, StepView } from '../host/types';
import { cardWord, moneyWord, outcomeWord } from '../text/card';
import { t } from '../text/text.svelte';
import { readingWord, registerWord } from '../text/vocabulary';

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
      detail.push([...new Set(record.values.map(({ source }) => t(`source.${source}`)))].join(t('list.and')));
      detail.push(...rest.map((reading) => `${registerWord(reading.register)} ${grouped(reading.value)}`));
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
    case 'card': {
      const { outcome, plan } = record;
      value = outcome.outcome === 'written' ? moneyWord(plan.total) : t(`outcome.${outcome.outcome}`);
      // What the value says already is not said twice.
      detail.push(outcome.outcome === 'in_doubt' ? t('evidence.card_in_doubt') : outcomeWord(outcome), cardWord(plan.card.serial));
      break;
    }
    case 'token':
      value = t('evidence.token');
      detail.push(inFours(record.token));
      break;
    case 'signature':
      detail.push(t('evidence.signed', { signer: record.signer }));
      break;
  }
  if ('findings' in record && record.findings.length > 0)
    detail.push(t('evidence.overruled', { n: record.findings.length }));
  return { value };
}

/** Whether it holds a card that was begun and has not been read since: a person has to look at it. */
export function isInDoubt({ record }: StepView): boolean {
  return record?.record === 'card' && record.outcome.outcome === 'in_doubt';
}

/** What is wrong with a typed asset number, in words; undefined when nothing is. */
export function faultWords(fault: AssetFault | null): string | undefined {
  if (fault === null) return undefined;
  return fault.fault === 'length' ? t('fault.length', { digits: fault.digits }) : t(`fault.${fault.fault}`);
}

/**
 * The asset numbers among codes that count without a second look, each once: a label shows the same number as bars and
 * as a square.
 */
export function assetNumbers(codes: CodeView[]): string[] {
  const sure = codes.filter(({ needs_eyes }) => !needs_eyes);
  const numbers = sure.flatMap(({ asset: said }) => (said.asset === 'valid' ? [said.asset_no] : []));
  return numbers.filter((asset_no, i) => numbers.indexOf(asset_no) === i);
}

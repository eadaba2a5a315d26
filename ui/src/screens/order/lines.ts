// What a step has on record, line by line, to be read and not changed.
import { asset, cardSerial, inFours, seal } from '../../format/code';
import { dotted } from '../../format/list';
import { isSome } from '../../format/number';
import { tokenClass } from '../../format/token';
import type { Evidence } from '../../host/types';
import { moneyWord, outcomeWord, partWord } from '../../text/card';
import { othersWord } from '../../text/meter';
import { t } from '../../text/text.svelte';
import { readingWord, registerWord, sealPlaceWord } from '../../text/vocabulary';

/** A name, its value, and what else is said about it. */
export type Line = { name: string; value: string; beside?: string };

/** The lines of a record; none while there is none. */
export function linesOf(record: Evidence | null): Line[] {
  switch (record?.record) {
    case undefined:
      return [];
    case 'scan':
      return [{ name: t(`source.${record.source}`), value: asset(record.asset_no) }];
    case 'reading':
      return record.values.map((one) => ({
        name: dotted([registerWord(one.register), t(`source.${one.source}`)]),
        value: readingWord(one.register, one.value),
        beside: dotted(othersWord(one, record.readout ?? null)),
      }));
    case 'seals':
      return [
        ...record.removed.map((mark) => ({ name: t('seals.removed'), value: mark })),
        ...record.added.map((mark) => ({ name: t('seals.added'), value: mark })),
      ].map(({ name, value }) => ({ name: dotted([name, sealPlaceWord(value.place)]), value: seal(value.seal_no) }));
    case 'attach':
      return record.meters.map((meter) => ({
        name: dotted([`${t('attach.point')} ${String(meter.measuring_point)}`, t(`answered.${meter.answered}`)]),
        value: asset(meter.asset_no),
      }));
    case 'card':
      return cardLines(record);
    case 'token': {
      const kind = tokenClass(record.token);
      const name = dotted([t('form.token'), kind === null ? '' : t(`token_class.${kind}`)]);
      return [{ name, value: inFours(record.token) }];
    }
    case 'note':
      return [{ name: t('form.note'), value: record.text }];
    case 'signature':
      return [{ name: t('sign.done'), value: record.signer }];
  }
}

function cardLines({ plan, outcome }: Extract<Evidence, { record: 'card' }>): Line[] {
  const { card, parts, total, debt_left } = plan;
  return [
    { name: t(`card_kind.${card.user_file.kind}`), value: outcomeWord(outcome) },
    { name: t('card.serial'), value: cardSerial(card.serial) },
    { name: t('card.meter'), value: inFours(card.user_file.meter_no) },
    ...parts.map((part) => ({
      name: dotted([partWord(part), t(`credit_source.${part.source}`)]),
      value: `${part.part === 'debt' ? '−' : ''}${moneyWord(part.amount)}`,
    })),
    { name: t('form.card_total'), value: moneyWord(total) },
    { name: t('card.count'), value: String(card.purse.count) },
    ...(isSome(debt_left) ? [{ name: t('form.card_debt_left'), value: moneyWord(debt_left) }] : []),
  ];
}

// A prepaid card as words: money, whose word it is, what the meter will say, how a write ended.
import { cardTail, inFours } from '../format/code';
import { grouped, isSome } from '../format/number';
import type { CardOutcome } from '../host/bindings/CardOutcome';
import type { CardPlan } from '../host/bindings/CardPlan';
import type { CreditPart } from '../host/bindings/CreditPart';
import type { MeterErr } from '../host/bindings/MeterErr';
import { t } from './text.svelte';

/** `137.65 元`. */
export function moneyWord(fen: string): string {
  return `${grouped(fen)}\u00a0${t('unit.yuan')}`;
}

/** `卡 …6A18`. */
export function cardWord(serial: string): string {
  return t('card.tail', { tail: cardTail(serial) });
}

/** What a line of the sum is: `新购电费（第 12 次）`. */
export function partWord(part: CreditPart): string {
  return part.part === 'bought' ? t('card.bought', { count: part.count }) : t(`form.card_${part.part}`);
}

/** How a write ended: `已写`, `未写：卡没有动过`. */
export function outcomeWord(outcome: CardOutcome): string {
  const word = t(`outcome.${outcome.outcome}`);
  return outcome.outcome === 'not_written'
    ? t('outcome.why', { outcome: word, why: t(`not_written.${outcome.why}`) })
    : word;
}

/** What is to be on the card: `开户卡 · 表 1234 5678 9012 · 第 1 次`. */
export function targetWord({ card, total }: CardPlan): string {
  const { user_file, purse } = card;
  const about = { kind: t(`card_kind.${user_file.kind}`), meter: inFours(user_file.meter_no), count: purse.count };
  return t(isSome(total) ? 'card.for' : 'card.for_no_money', about);
}

/** What the meter will do with the card: `开户，充值 137.65 元，第 1 次`. */
export function predictionWord({ card, total, predicted }: CardPlan): string {
  const { kind } = card.user_file;
  const act = t(`card_act.${kind}`);
  const what =
    predicted.answer.answer === 'credited'
      ? t('card.accepts_money', { act, money: moneyWord(total), count: predicted.answer.count })
      : t('card.accepts_none', { act });
  return t(kind === 'open_account' ? 'card.accepts_new' : 'card.accepts', { what });
}

/** What the meter shows when it refuses: `Err-34（2013）、Err-13（2009）`, or the cause where no number is known. */
export function errWord({ cause, err_2013, err_2009 }: MeterErr): string {
  const shown = [
    { year: 2013, number: err_2013 },
    { year: 2009, number: err_2009 },
  ].flatMap(({ year, number }) =>
    number === null ? [] : [t('err.number', { year, number: String(number).padStart(2, '0') })],
  );
  return shown.length > 0 ? shown.join(t('list.and')) : t(`err_cause.${cause}`);
}

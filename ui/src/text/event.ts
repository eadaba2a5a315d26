// What happened in the field as words, and why some of it did not simply count.
import { assetTail, cardTail } from '../format/code';
import { dotted } from '../format/list';
import type { Order } from '../host/bindings/Order';
import type { OrderEvent } from '../host/bindings/OrderEvent';
import type { Verdict } from '../host/bindings/Verdict';
import { cardWord, moneyWord, outcomeWord } from './card';
import { refusalWord } from './problem';
import { t } from './text.svelte';
import { readingWord, reasonWord, registerWord, stepWord } from './vocabulary';

/** A fact from the field in one line. */
export function eventWord(event: OrderEvent, order: Order): string {
  const step = 'step' in event ? stepWord(order, event.step) : '';
  switch (event.event) {
    case 'started':
    case 'reopened':
    case 'completed':
      return t(`event.${event.event}`);
    case 'scanned':
      return t('event.scanned', { step, asset: assetTail(event.asset_no), source: t(`source.${event.source}`) });
    case 'photo_taken':
    case 'photo_withdrawn':
      return t(`event.${event.event}`, { step });
    case 'reading_taken': {
      const [first] = event.values.map((one) => `${registerWord(one.register)} ${readingWord(one.register, one.value)}`);
      const value = first ?? '';
      const text = t('event.reading_taken', {
        step,
        value: event.values.length > 1 ? t('event.more', { value, n: event.values.length }) : value,
      });
      const sources = new Set(event.values.map(({ source }) => t(`source.${source}`)));
      return event.readout ? t('word.with', { text, facts: [...sources].join(t('list.and')) }) : text;
    }
    case 'seals_recorded':
      return t('event.seals_recorded', { step, removed: event.removed.length, added: event.added.length });
    case 'meters_attached':
      return t('event.meters_attached', { step, n: event.meters.length });
    case 'noted':
      return t('event.noted', { step, text: event.text });
    case 'card_begun': {
      const { card, total } = event.plan;
      return t('event.card_begun', { step, money: moneyWord(total), card: cardWord(card.serial) });
    }
    case 'card_ended':
      return t('event.card_ended', { step, outcome: outcomeWord(event.outcome) });
    case 'token_delivered':
      // The whole of it stands in the order; a line that many read needs no more than to tell two apart.
      return t('event.token_delivered', { step, token: cardTail(event.token) });
    case 'signed':
      return t('event.signed', { signer: event.signer });
    case 'could_not_do':
      return t('event.could_not_do', { reason: dotted([reasonWord(order, event.reason), event.remark]) });
  }
}

/** Why an event did not simply count; empty when it did. */
export function verdictWord(verdict: Verdict): string {
  switch (verdict.verdict) {
    case 'accepted':
      return '';
    case 'late':
      return t('verdict.late', { why: verdict.refusal === null ? t('verdict.after') : refusalWord(verdict.refusal) });
    case 'refused':
      return t('verdict.refused', { why: refusalWord(verdict.refusal) });
  }
}

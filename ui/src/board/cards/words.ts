// What the page of cards says about a leave and about what does not fit.
import { cardSerial } from '../../format/code';
import { grouped } from '../../format/number';
import { moment } from '../../format/time';
import type { CardOutcome } from '../../host/bindings/CardOutcome';
import type { CardFinding, CardLeave } from '../desk';
import { cardWord } from '../../text/card';
import { language, t } from '../text/text.svelte';

const short = (id: string) => id.slice(0, 8);
const ended = (outcome: CardOutcome) => t(`outcome.${outcome.outcome}`);

/** What happened, as a sentence with its facts. */
export function findingWord(found: CardFinding, now: number): string {
  const at = (ms: number) => moment(ms, now, language.now);
  switch (found.finding) {
    case 'unknown_leave':
      return t('finding.unknown_leave');
    case 'another_device':
      return t('finding.another_device', { device: short(found.leased_to) });
    case 'another_order':
      return t('finding.another_order', { order: found.leave_for });
    case 'another_person':
      return t('finding.another_person', { who: found.leased_to });
    case 'card_not_named':
      return t('finding.card_not_named', { serial: cardSerial(found.serial) });
    case 'card_used_twice':
      return t('finding.card_used_twice', { serial: cardSerial(found.serial), first: short(found.first) });
    case 'beyond_leave':
      return t('finding.beyond_leave', { most: grouped(found.most), found: grouped(found.found) });
    case 'wrong_count':
      return t('finding.wrong_count', { expected: found.expected, found: found.found });
    case 'plan_differs':
      return found.refusal === undefined ? t('finding.plan_differs') : t('finding.plan_refused', { refusal: found.refusal });
    case 'begun_twice':
      return t('finding.begun_twice', { first: cardSerial(found.first), serial: cardSerial(found.serial) });
    case 'outside_term':
      return t('finding.outside_term', { at: at(found.at), from: at(found.not_before), until: at(found.expires_at) });
    case 'rule_broken':
      return t('finding.rule_broken', { refusal: found.refusal });
    case 'leave_replaced':
      return t('finding.leave_replaced', { state: t(`cards.state.${found.state}`) });
    case 'end_contradicts':
      return t('finding.end_contradicts', { before: ended(found.before), after: ended(found.after) });
    case 'second_credit':
      return t('finding.second_credit', { first: short(found.first) });
  }
}

/** Where a leave stands, and who does what next. */
export function whatNow(leave: CardLeave, now: number): string {
  const at = moment(leave.expires_at, now, language.now);
  switch (leave.state) {
    case 'leased':
      return now > leave.expires_at ? t('cards.now.expired', { at }) : t('cards.now.leased', { at });
    case 'burned':
    case 'in_doubt': {
      const unsound = leave.begun?.soundness === 'unsound';
      const card = leave.begun === null ? t('cards.a_card') : cardWord(leave.begun.serial);
      return t(unsound ? 'cards.now.unsound' : `cards.now.${leave.state}`, { card });
    }
    case 'not_written':
      return leave.ended?.outcome === 'not_written' ? t('cards.now.not_written', { why: t(`not_written.${leave.ended.why}`) }) : t('cards.state.not_written');
    case 'written':
    case 'superseded':
    case 'reissued':
      return t(`cards.now.${leave.state}`);
  }
}

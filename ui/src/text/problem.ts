// A refusal or failure as a sentence: what happened, what was kept, what to do. Total over every code there is.
import { account, asset, cardSerial, inFours, seal } from '../format/code';
import { dotted } from '../format/list';
import { moment } from '../format/time';
import type { CardRefusal } from '../host/bindings/CardRefusal';
import type { Failure } from '../host/bindings/Failure';
import type { Holder } from '../host/bindings/Holder';
import type { Refusal } from '../host/bindings/Refusal';
import { errWord, moneyWord } from './card';
import { isKey, language, t, type Args } from './text.svelte';
import { registerWord, stateWord } from './vocabulary';

/** What happened, and what to do now. */
export type Sentence = { text: string; next: string };

/** The sentence for a failed call. */
export function sentence(problem: Failure | { error: 'unexpected'; detail: string }): Sentence {
  switch (problem.error) {
    case 'refused':
      return refused(problem.refusal);
    case 'picture':
      return worded(
        'picture',
        problem.why.replace(/^picture_/, ''),
        problem.size ? { width: problem.size[0], height: problem.size[1] } : {},
      );
    case 'signature':
      return worded('signature', problem.why);
    case 'enrol':
      return worded('enrolment', problem.why);
    case 'meter':
      return worded('unread', problem.why, { found: problem.found ?? '—' });
    case 'card':
      return cardTrouble(problem.why, problem.wanted);
    case 'disk_full':
    case 'not_found':
      return { text: t(`failed.${problem.error}`), next: t(`failed.${problem.error}.do`) };
    case 'store':
    case 'unexpected':
      return { text: t(`failed.${problem.error}`), next: t(`failed.${problem.error}.do`, { detail: problem.detail }) };
  }
}

/** The sentence for a refusal. */
export function refused(refusal: Refusal): Sentence {
  if (refusal.code === 'card') {
    const about = cardFacts(refusal.refusal);
    const { code } = refusal.refusal;
    return { text: t(`card_no.${code}`, about), next: t(`card_no.${code}.do`, about) };
  }
  const about = facts(refusal);
  return { text: t(`no.${refusal.code}`, about), next: t(`no.${refusal.code}.do`, about) };
}

/** What is wrong with the reader or the card in it; the card that has to be there, where it is another. */
export function cardTrouble(why: string, wanted: string | null): Sentence {
  return worded('trouble', why, { wanted: wanted === null ? '—' : cardSerial(wanted) });
}

/** A refusal in one line for who reads about it later: what stood against it, with the numbers it is about. */
export function refusalWord(refusal: Refusal): string {
  const { text } = refused(refusal);
  if (refusal.code === 'wrong_asset') {
    const expected = t('word.expected', { value: asset(refusal.expected) });
    return t('word.with', { text, facts: dotted([expected, t('word.found', { value: asset(refusal.found) })]) });
  }
  return 'asset_no' in refusal ? t('word.with', { text, facts: asset(refusal.asset_no) }) : text;
}

/** Codes of an open list: the ones known here have words, any other is shown as it is. */
function worded(area: 'picture' | 'signature' | 'enrolment' | 'unread' | 'trouble', why: string, args: Args = {}): Sentence {
  const known = `${area}.${why}`;
  const next = `${known}.do`;
  if (isKey(known) && isKey(next)) return { text: t(known, args), next: t(next, args) };
  return { text: t(`${area}.other`, { why }), next: t(`${area}.other.do`) };
}

/** The facts of a refusal, as the screen writes them. */
function facts(refusal: Exclude<Refusal, { code: 'card' }>): Args {
  switch (refusal.code) {
    case 'wrong_state':
      return { state: stateWord(refusal.state) };
    case 'wrong_asset':
      return { expected: asset(refusal.expected), found: asset(refusal.found) };
    case 'wrong_kind':
      return { asset: asset(refusal.asset_no), found: t(`asset_kind.${refusal.found}`) };
    case 'not_in_custody':
      return { asset: asset(refusal.asset_no), holder: holderWord(refusal.holder) };
    case 'bound_elsewhere':
      return {
        asset: asset(refusal.asset_no),
        where:
          refusal.account_no === null
            ? t('holder.bound_other')
            : t('holder.installed', { account: account(refusal.account_no) }),
      };
    case 'old_and_new_swapped':
    case 'wrong_model':
    case 'read_unproved':
    case 'unknown_asset':
    case 'not_on_issue_list':
    case 'already_picked_up':
    case 'meter_not_on_terminal':
    case 'meter_twice':
      return { asset: asset(refusal.asset_no) };
    case 'register_missing':
    case 'register_twice':
    case 'not_in_readout':
      return { register: registerWord(refusal.register) };
    case 'beyond_digits':
      return {
        register: registerWord(refusal.register),
        whole: refusal.digits.integer,
        places: refusal.digits.decimal,
      };
    case 'seal_twice':
      return { seal: seal(refusal.seal_no) };
    case 'photos_first':
    case 'seals_missing':
      return { min: refusal.min };
    case 'steps_missing':
      return { n: refusal.steps.length };
    case 'bad_measuring_point':
    case 'text_too_long':
    case 'readout_too_long':
      return { limit: refusal.limit };
    case 'unknown_version':
      return { version: refusal.version };
    case 'needs_reason':
      return { n: refusal.questions.length };
    case 'not_this_crew':
    case 'unknown_order':
    case 'unknown_step':
    case 'wrong_step':
    case 'photo_twice':
    case 'unknown_photo':
    case 'seal_without_number':
    case 'meters_missing':
    case 'wrong_token':
    case 'form_changed':
    case 'unknown_reason':
    case 'text_missing':
      return {};
  }
}

/** The facts of why no card is written. */
function cardFacts(refusal: CardRefusal): Args {
  switch (refusal.code) {
    case 'wrong_new_meter':
    case 'wrong_customer':
    case 'wrong_old_meter':
      return { expected: inFours(refusal.expected), found: inFours(refusal.found) };
    case 'remainder_impossible':
      return { source: t(`credit_source.${refusal.source_of}`) };
    case 'purchase_negative':
    case 'count_unknown':
    case 'count_contradicts':
    case 'purchase_unread':
      return { count: refusal.count };
    case 'purchase_differs':
      return { count: refusal.count, one: moneyWord(refusal.one), other: moneyWord(refusal.other) };
    case 'purchase_missing':
      return { missing: refusal.missing };
    case 'not_yet_valid':
      return { at: moment(refusal.from, Date.now(), language.now) };
    case 'expired':
      return { at: moment(refusal.at, Date.now(), language.now) };
    case 'card_not_authorised':
      return { serial: cardSerial(refusal.serial) };
    case 'carried_too_much':
      return { most: moneyWord(refusal.most), found: moneyWord(refusal.found) };
    case 'meter_would_refuse': {
      const { cause } = refusal.err;
      return { err: errWord(refusal.err), cause: t(`err_cause.${cause}`), do: t(`err_cause.${cause}.do`) };
    }
    case 'meter_would_not_credit':
      return { count: refusal.meter_count };
    case 'already_opened':
    case 'remainder_unknown':
    case 'too_much':
    case 'no_task':
    case 'no_meter':
    case 'meter_no_unknown':
    case 'ground_changed':
    case 'not_authorised':
    case 'authorisation_used':
    case 'not_theirs':
    case 'not_signed':
    case 'in_doubt':
    case 'not_begun':
      return {};
  }
}

function holderWord(holder: Holder): string {
  switch (holder.at) {
    case 'cabinet':
      return t(holder.issued_to === null ? 'holder.cabinet' : 'holder.cabinet_other');
    case 'with_crew':
      return t('holder.with_crew');
    case 'bound':
      return t('holder.bound', { order: holder.order });
    case 'installed':
      return t('holder.installed', { account: account(holder.account_no) });
    case 'removed':
      return t('holder.removed');
  }
}

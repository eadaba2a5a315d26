// A refusal or failure as a sentence: what happened, what was kept, what to do. Total over every code there is.
import { account, asset, seal } from '../format/code';
import { dotted } from '../format/list';
import type { Failure } from '../host/bindings/Failure';
import type { Holder } from '../host/bindings/Holder';
import type { Refusal } from '../host/bindings/Refusal';
import { isKey, t, type Args } from './text.svelte';
import { registerWord, stateWord } from './vocabulary';

/** What happened, and what to do now. */
export type Sentence = { text: string; next: string };

/** The sentence for a failed call. */
export function sentence(problem: Failure | { error: 'unexpected'; detail: string }): Sentence {
  switch (problem.error) {
    case 'refused':
      return {
        text: t(`no.${problem.refusal.code}`, facts(problem.refusal)),
        next: t(`no.${problem.refusal.code}.do`, facts(problem.refusal)),
      };
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
    case 'disk_full':
    case 'not_found':
      return { text: t(`failed.${problem.error}`), next: t(`failed.${problem.error}.do`) };
    case 'store':
    case 'unexpected':
      return { text: t(`failed.${problem.error}`), next: t(`failed.${problem.error}.do`, { detail: problem.detail }) };
  }
}

/** A refusal in one line for who reads about it later: what stood against it, with the numbers it is about. */
export function refusalWord(refusal: Refusal): string {
  const text = t(`no.${refusal.code}`, facts(refusal));
  if (refusal.code === 'wrong_asset') {
    const expected = t('word.expected', { value: asset(refusal.expected) });
    return t('word.with', { text, facts: dotted([expected, t('word.found', { value: asset(refusal.found) })]) });
  }
  return 'asset_no' in refusal ? t('word.with', { text, facts: asset(refusal.asset_no) }) : text;
}

/** Codes of an open list: the ones known here have words, any other is shown as it is. */
function worded(area: 'picture' | 'signature' | 'enrolment' | 'unread', why: string, args: Args = {}): Sentence {
  const known = `${area}.${why}`;
  const next = `${known}.do`;
  if (isKey(known) && isKey(next)) return { text: t(known, args), next: t(next, args) };
  return { text: t(`${area}.other`, { why }), next: t(`${area}.other.do`) };
}

/** The facts of a refusal, as the screen writes them. */
function facts(refusal: Refusal): Args {
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
    case 'form_changed':
    case 'unknown_reason':
    case 'text_missing':
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

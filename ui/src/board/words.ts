// Facts of the domain as the desk's words.
import { asset, seal } from '../format/code';
import { distance, grouped } from '../format/number';
import { span } from '../format/time';
import type { Anomaly } from '../host/bindings/Anomaly';
import type { Finding } from '../host/bindings/Finding';
import type { FormLine } from '../host/bindings/FormLine';
import type { Order } from '../host/bindings/Order';
import type { OrderKind } from '../host/bindings/OrderKind';
import type { Refusal } from '../host/bindings/Refusal';
import type { Register } from '../host/bindings/Register';
import type { ReplaceReason } from '../host/bindings/ReplaceReason';
import type { Verdict } from '../host/bindings/Verdict';
import type { DeskProblem } from './desk';
import { isKey, t, words } from './text/text.svelte';

/** `故障换表` rather than `换表` where the reason is known. */
export function kindWord(kind: OrderKind, reason: ReplaceReason | null): string {
  return kind === 'replace' && reason !== null ? t(`kind.replace_${reason}`) : t(`kind.${kind}`);
}

/** A step's title; a step the procedure no longer has keeps its id. */
export function stepWord(order: Order, id: string): string {
  const step = order.dispatch.procedure.steps.find((known) => known.id === id);
  return step ? words(step.title) : id;
}

/** A could-not-do reason's title. */
export function reasonWord(order: Order, code: string): string {
  const reason = order.dispatch.procedure.could_not.find((known) => known.code === code);
  return reason ? words(reason.title) : code;
}

/** `14 米` · `420 米` · `1.9 公里`. */
export function distanceWord(metres: number): string {
  if (metres < 100) return t('unit.m', { n: Math.round(metres) });
  const { number, unit } = distance(metres);
  return t(`unit.${unit}`, { n: number });
}

/** `3 分钟`. */
export function spanWord(ms: number): string {
  const { number, unit } = span(ms);
  return t(`unit.${unit}`, { n: number });
}

/** What a person should look at, in two or three words. */
export function anomalyWord(anomaly: Anomaly): string {
  switch (anomaly.anomaly) {
    case 'overruled':
      return t(`anomaly.${anomaly.finding.check}`);
    case 'far_away':
      return t('anomaly.far_away_by', { n: distanceWord(anomaly.distance_m) });
    case 'typed':
      return t('anomaly.typed');
    case 'poor_photo':
      return hintWord(anomaly.hint);
    case 'could_not_do':
      return t('anomaly.could_not_do');
    case 'waiting':
      return t('anomaly.waiting_n', { n: anomaly.events });
  }
}

/** The gravest anomaly and how many more there are. */
export function anomaliesWord(anomalies: Anomaly[]): string {
  const [first] = anomalies;
  if (first === undefined) return t('queue.clean');
  return anomalies.length === 1 ? anomalyWord(first) : t('anomaly.and', { word: anomalyWord(first), n: anomalies.length });
}

/** What the app said about a photo. */
export function hintWord(hint: string): string {
  const key = `hint.${hint}`;
  return isKey(key) ? t(key) : t('hint.other', { hint });
}

/** Where a seal sits; a word nobody knows is shown as it is. */
export function sealPlaceWord(place: string): string {
  const key = `place.${place}`;
  return isKey(key) ? t(key) : place;
}

/** The state's name; one this page does not know is shown as it is. */
export function stateWord(state: string): string {
  const key = `state.${state}`;
  return isKey(key) ? t(key) : state;
}

/** A value of a check: readings are grouped, asset numbers are shown by their fields, seals in fours. */
export function findingValue(finding: Finding, value: string): string {
  switch (finding.check) {
    case 'in_custody':
      return value;
    case 'old_seals_recorded':
      return value.split(/[\s,]+/).filter((no) => no !== '').map(seal).join(t('list.and'));
    case 'not_below_last_billed':
    case 'total_is_sum_of_tariffs':
    case 'use_is_plausible':
      return grouped(value);
  }
}

/** The check's name with the register it is about. */
export function findingWord(finding: Finding): string {
  const name = t(`anomaly.${finding.check}`);
  return finding.register === null ? name : `${name} · ${t(`register.${finding.register}`)}`;
}

/** The value of a line of the form, as the customer saw it in sense, formatted for reading. */
export function formValue(line: FormLine): string {
  switch (line.field) {
    case 'kind': {
      const key = `kind.${line.value}`;
      return isKey(key) ? t(key) : line.value;
    }
    case 'old_meter':
    case 'new_meter':
    case 'old_terminal':
    case 'new_terminal':
    case 'attached_meter':
      return asset(line.value);
    case 'old_reading':
    case 'new_reading':
      return grouped(line.value);
    case 'account_no':
    case 'seal_removed':
    case 'seal_added':
      return seal(line.value);
    case 'order_no':
    case 'customer':
    case 'address':
    case 'note':
      return line.value;
  }
}

/** A register's short name: `正向总`. */
export function registerWord(register: Register): string {
  return t(`register.${register}`);
}

/** Why an event did not simply count; empty when it did. */
export function verdictWord(verdict: Verdict): string {
  switch (verdict.verdict) {
    case 'accepted':
      return '';
    case 'late':
      return t('late.late', { why: verdict.refusal === null ? t('late.after') : refusalWord(verdict.refusal) });
    case 'refused':
      return t('late.refused', { why: refusalWord(verdict.refusal) });
  }
}

/** What the rule book said. */
export function refusalWord(refusal: Refusal): string {
  const key = `refusal.${refusal.code}` as const;
  switch (refusal.code) {
    case 'wrong_state':
      return t(key, { state: stateWord(refusal.state) });
    case 'unknown_version':
      return t(key, { version: refusal.version });
    case 'steps_missing':
      return t(key, { n: refusal.steps.length });
    case 'photos_first':
    case 'seals_missing':
      return t(key, { min: refusal.min });
    case 'wrong_asset':
      return t(key, { expected: asset(refusal.expected), found: asset(refusal.found) });
    case 'register_missing':
    case 'register_twice':
    case 'beyond_digits':
      return t(key, { register: registerWord(refusal.register) });
    case 'needs_reason':
      return t(key, { n: refusal.questions.length });
    case 'seal_twice':
      return t(key, { seal: seal(refusal.seal_no) });
    case 'bad_measuring_point':
    case 'text_too_long':
      return t(key, { limit: refusal.limit });
    case 'old_and_new_swapped':
    case 'wrong_kind':
    case 'wrong_model':
    case 'not_in_custody':
    case 'bound_elsewhere':
    case 'unknown_asset':
    case 'not_on_issue_list':
    case 'already_picked_up':
    case 'meter_not_on_terminal':
    case 'meter_twice':
      return t(key, { asset: asset(refusal.asset_no) });
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
      return t(key);
  }
}

/** A failed call as a sentence with its next step. */
export function problemWord(problem: DeskProblem): string {
  switch (problem.code) {
    case 'order_moved':
      return t('problem.order_moved', { state: stateWord(problem.state) });
    case 'evidence_missing':
      return t('problem.evidence_missing', { missing: problem.missing });
    case 'unexpected':
      return t('problem.unexpected', { detail: problem.detail });
    case 'no_link':
    case 'bad_sign_in':
    case 'no_session':
    case 'not_allowed':
    case 'not_found':
    case 'disk_full':
    case 'unavailable':
      return t(`problem.${problem.code}`);
  }
}

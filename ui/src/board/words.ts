// What only the desk says: how grave an order is, and why a call failed.
import type { Anomaly } from '../host/bindings/Anomaly';
import { anomalyWord, stateWord } from '../text/vocabulary';
import type { DeskProblem } from './desk';
import { isKey, t } from './text/text.svelte';

/** The gravest anomaly and how many more there are. */
export function anomaliesWord(anomalies: Anomaly[]): string {
  const [first] = anomalies;
  if (first === undefined) return t('queue.clean');
  return anomalies.length === 1 ? anomalyWord(first) : t('anomaly.and', { word: anomalyWord(first), n: anomalies.length });
}

/** What a user card is for; a kind this page does not know is shown as it is. */
export function cardKindWord(kind: string): string {
  const key = `card_kind.${kind}`;
  return isKey(key) ? t(key) : kind;
}

/** A failed call as a sentence with its next step. */
export function problemWord(problem: DeskProblem): string {
  switch (problem.code) {
    case 'order_moved':
      return t('problem.order_moved', { state: stateWord(problem.state) });
    case 'evidence_missing':
      return t('problem.evidence_missing', { missing: problem.missing });
    case 'card_leave_out': {
      const key = `cards.state.${problem.state}`;
      return t('problem.card_leave_out', { state: isKey(key) ? t(key) : problem.state });
    }
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

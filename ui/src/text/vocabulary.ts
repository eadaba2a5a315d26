// Facts of the domain as words: one vocabulary for the tablet and the supervisor's desk.
import { account, asset, cardSerial, inFours, seal } from '../format/code';
import { distance, grouped } from '../format/number';
import { span } from '../format/time';
import type { Anomaly } from '../host/bindings/Anomaly';
import type { Finding } from '../host/bindings/Finding';
import type { FormLine } from '../host/bindings/FormLine';
import type { MeterModel } from '../host/bindings/MeterModel';
import type { Order } from '../host/bindings/Order';
import type { OrderKind } from '../host/bindings/OrderKind';
import type { Register } from '../host/bindings/Register';
import type { ReplaceReason } from '../host/bindings/ReplaceReason';
import { moneyWord } from './card';
import { isKey, t, words } from './text.svelte';

/** `故障换表` rather than `换表` where the reason is known. */
export function kindWord(kind: OrderKind, reason: ReplaceReason | null): string {
  return kind === 'replace' && reason !== null ? t(`kind.replace_${reason}`) : t(`kind.${kind}`);
}

/** The state's name; one this page does not know is shown as it is. */
export function stateWord(state: string): string {
  const key = `state.${state}`;
  return isKey(key) ? t(key) : state;
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

/** `户号 4101 2345 67`. */
export function accountWord(account_no: string): string {
  return `${t('word.account')} ${account(account_no)}`;
}

/** `单相 · 预付费`. */
export function modelWords(model: Pick<MeterModel, 'wiring' | 'prepaid'>): string {
  return `${t(`wiring.${model.wiring}`)} · ${t(model.prepaid ? 'meter.prepaid' : 'meter.postpaid')}`;
}

/** A register's name: `正向总`. */
export function registerWord(register: Register): string {
  return t(`register.${register}`);
}

/** A reading with its unit: `12 345.67 kWh`, `87.65 元`. */
export function readingWord(register: Register, value: string): string {
  return `${grouped(value)} ${t(register === 'money_left' ? 'unit.yuan' : 'unit.kwh')}`;
}

/** Where a seal sits; a word nobody knows is shown as it is. */
export function sealPlaceWord(place: string): string {
  const key = `seal_place.${place}`;
  return isKey(key) ? t(key) : place;
}

/** What the app said about a photo. */
export function hintWord(hint: string): string {
  const key = `hint.${hint}`;
  return isKey(key) ? t(key) : t('hint.other', { hint });
}

/** What to do about it while the meter is still there. */
export function hintDo(hint: string): string {
  const key = `hint.${hint}.do`;
  return isKey(key) ? t(key) : t('hint.other.do');
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
    case 'card_in_doubt':
      return t(`anomaly.${anomaly.anomaly}`);
    case 'waiting':
      return t('anomaly.waiting_n', { n: anomaly.events });
  }
}

/** The check's name with the register it is about. */
export function findingWord(finding: Finding): string {
  const name = t(`anomaly.${finding.check}`);
  return finding.register === null ? name : `${name} · ${t(`register.${finding.register}`)}`;
}

/** A value of a check: readings are grouped, asset numbers are shown by their fields, seals in fours. */
export function findingValue(finding: Finding, value: string): string {
  switch (finding.check) {
    case 'in_custody':
      return value;
    case 'old_seals_recorded':
      return value
        .split(/[\s,]+/)
        .filter((no) => no !== '')
        .map(seal)
        .join(t('list.and'));
    case 'not_below_last_billed':
    case 'total_is_sum_of_tariffs':
    case 'use_is_plausible':
    case 'sources_agree':
      return grouped(value);
    case 'address_is_the_meters':
      return value;
  }
}

/** What a line of the customer's form is about: `旧表示数 · 峰`. */
export function formName({ field, register }: FormLine): string {
  return register === null ? t(`form.${field}`) : `${t(`form.${field}`)} · ${registerWord(register)}`;
}

/** The value of a line of the form, as the customer saw it and the supervisor sees it. */
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
      return line.register === null ? line.value : readingWord(line.register, line.value);
    case 'account_no':
      return account(line.value);
    case 'seal_removed':
    case 'seal_added':
      return seal(line.value);
    case 'card_serial':
      return cardSerial(line.value);
    case 'card_old_credit':
    case 'card_bought':
    case 'card_debt':
    case 'card_total':
    case 'card_debt_left':
      return moneyWord(line.value);
    case 'token':
      return inFours(line.value);
    case 'order_no':
    case 'customer':
    case 'address':
    case 'note':
      return line.value;
  }
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

// The order's log as lines a person reads: who did what when, photos of one step in one line.
import { dotted } from '../../format/list';
import { moment } from '../../format/time';
import type { Entry } from '../../host/bindings/Entry';
import type { OrderEvent } from '../../host/bindings/OrderEvent';
import type { OfficeEvent } from '../../host/bindings/OfficeEvent';
import type { Order } from '../../host/bindings/Order';
import type { Stamp } from '../../host/bindings/Stamp';
import { eventWord } from '../../text/event';
import { spanWord, stepWord } from '../../text/vocabulary';
import { language, t } from '../text/text.svelte';
import { cardKindWord } from '../words';
import { leaveIn } from './cards';

/** One line; `side` says whether the field or the office did it, `mark` what is unusual about it. */
export type Line = { key: string; at: number; who: string; text: string; side: 'field' | 'office'; mark: string; tone: 'ok' | 'warn' | 'bad' | 'plain' };

/** Beyond this a device's time is told with its doubt. Unit: milliseconds; a minute is what a person would notice. */
const DOUBT_MS = 60_000;

/** The lines of a log, oldest first; `named` gives crews and people their names. */
export function timeline(entries: Entry[], order: Order, named: (id: string) => string): Line[] {
  const lines: Line[] = [];
  let doubt = '';
  let run = { step: '', verdict: '', count: 0 };
  for (const [at, entry] of entries.entries()) {
    const last = lines[lines.length - 1];
    if (entry.from === 'field' && entry.event.event === 'photo_taken') {
      const { step } = entry.event;
      const { verdict } = entry.verdict;
      if (last && run.step === step && run.verdict === verdict) {
        run.count += 1;
        last.text = t('event.photos_taken', { step: stepWord(order, step), n: run.count });
        continue;
      }
      run = { step, verdict, count: 1 };
    } else run = { step: '', verdict: '', count: 0 };
    // A device's clock is doubted once, and again when the doubt changes.
    const said = entry.from === 'field' ? clockWord(entry.at) : doubt;
    lines.push(line(entry, order, String(at), said === doubt ? '' : said, named));
    doubt = said;
  }
  return lines;
}

function line(entry: Entry, order: Order, key: string, doubt: string, named: (id: string) => string): Line {
  if (entry.from === 'office') {
    const who = entry.by === 'marketing' || entry.by === 'gateway' ? t(`entry.${entry.by}`) : named(entry.by);
    return { key, at: entry.at, who, text: officeWord(entry.event, named), side: 'office', mark: '', tone: officeTone(entry.event) };
  }
  const { verdict } = entry.verdict;
  const fate = verdict === 'late' ? t('entry.late') : verdict === 'refused' ? t('entry.refused') : entry.change === null ? t('entry.not_yet') : '';
  const marks = [fate, doubt, overruledWord(entry.event)].filter((mark) => mark !== '');
  const tone = verdict === 'accepted' ? fieldTone(entry.event) : 'bad';
  return { key, at: best(entry.at), who: entry.operator, text: eventWord(entry.event, order), side: 'field', mark: dotted(marks), tone };
}

function fieldTone(event: OrderEvent): Line['tone'] {
  if (event.event === 'card_ended') return event.outcome.outcome === 'written' ? 'ok' : 'warn';
  return event.event === 'could_not_do' ? 'warn' : 'plain';
}

/** The best guess of the true moment: the wall clock, corrected when the offset is known. */
export function best(stamp: Stamp): number {
  return stamp.wall_ms + (stamp.offset_ms ?? 0);
}

function clockWord(stamp: Stamp): string {
  if (stamp.offset_ms === null || stamp.uncertainty_ms === null) return t('entry.clock_unknown');
  return stamp.uncertainty_ms > DOUBT_MS ? t('entry.clock', { n: spanWord(stamp.uncertainty_ms) }) : '';
}

function overruledWord(event: OrderEvent): string {
  return 'findings' in event && event.findings.length > 0 ? t('entry.overruled', { n: event.findings.length }) : '';
}

function officeWord(event: OfficeEvent, named: (id: string) => string): string {
  switch (event.office) {
    case 'dispatched':
      return t('entry.dispatched', { crew: named(event.dispatch.crew) });
    case 'changed':
      return t('entry.changed', { revision: event.dispatch.revision });
    case 'recalled':
      return t('entry.recalled', { reason: event.reason });
    case 'card_authorised': {
      const leave = leaveIn(event.authorisation);
      if (!leave) return t('entry.card_authorised_bare');
      const { kind, count, operator, expires_at } = leave;
      return t('entry.card_authorised', { kind: cardKindWord(kind), count, operator, at: moment(expires_at, Date.now(), language.now) });
    }
    case 'card_leave_taken_back':
      return t('entry.card_leave_taken_back', { reason: event.reason });
    case 'returned':
      return t('entry.returned', { n: event.remarks.length });
    case 'late_decided':
      return t(event.decision === 'accept' ? 'entry.late_accepted' : 'entry.late_dismissed', { n: event.events.length });
    case 'approved':
    case 'accepted_by_marketing':
      return t(`entry.${event.office}`);
  }
}

function officeTone(event: OfficeEvent): Line['tone'] {
  switch (event.office) {
    case 'approved':
    case 'accepted_by_marketing':
      return 'ok';
    case 'returned':
    case 'recalled':
    case 'changed':
    case 'card_leave_taken_back':
      return 'warn';
    case 'dispatched':
    case 'card_authorised':
    case 'late_decided':
      return 'plain';
  }
}

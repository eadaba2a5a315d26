// Instants as the crew reads them: their own clock, today without a date.

/** The two languages the app speaks. */
export type Lang = 'zh' | 'en';

const LOCALE: Record<Lang, string> = { zh: 'zh-CN', en: 'en-GB' };

/** `09:30`, device-local. */
export function clock(atMs: number): string {
  const at = new Date(atMs);
  return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
}

/** `8月14日` · `14 August`, device-local. */
export function day(atMs: number, lang: Lang): string {
  return new Intl.DateTimeFormat(LOCALE[lang], { month: 'long', day: 'numeric' }).format(new Date(atMs));
}

/** `09:30` when it is on the same day as `nowMs`, else day and time. */
export function moment(atMs: number, nowMs: number, lang: Lang): string {
  const same = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return same ? clock(atMs) : `${day(atMs, lang)} ${clock(atMs)}`;
}

/** An appointment: `09:30` or `09:30–11:00`, with the day when it is not today. */
export function appointment(fromMs: number, untilMs: number | null, nowMs: number, lang: Lang): string {
  const start = moment(fromMs, nowMs, lang);
  return untilMs === null || untilMs === fromMs ? start : `${start}–${clock(untilMs)}`;
}

/** A clock as a card holds it (`2608141205`) as `2026-08-14 12:05`; null where nothing is set. */
export function cardClock(text: string): string | null {
  const match = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (!match || /^0+$/.test(text)) return null;
  const [, year = '', month = '', date = '', hour = '', minute = ''] = match;
  return `20${year}-${month}-${date} ${hour}:${minute}`;
}

/** A calendar day of the wire (`2026-08-14`) as people say it; what is no day comes back as it is. */
export function calendarDay(iso: string, lang: Lang): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (!match) return iso;
  return day(new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3])).getTime(), lang);
}

/** A whole number of seconds, or minutes from two on, for “try again in …”. */
export function span(ms: number): { number: string; unit: 's' | 'min' | 'h' } {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return { number: String(seconds), unit: 's' };
  if (seconds < 7200) return { number: String(Math.round(seconds / 60)), unit: 'min' };
  return { number: String(Math.round(seconds / 3600)), unit: 'h' };
}

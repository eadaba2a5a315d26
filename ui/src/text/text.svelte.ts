// Words in the language the person chose. Chinese is the language of record; English must have every key.
import type { Lang } from '../format/time';
import { en } from './en';
import { zh } from './zh';

/** Names of all texts. */
export type Key = keyof typeof zh;

/** What fills the gaps of a text. */
export type Args = Record<string, string | number>;

/** Words that came from the backend in both languages: procedures are data. */
export type Words = { zh: string; en: string };

const tables: Record<Lang, Record<Key, string>> = { zh, en };

class Language {
  /** The language now on the screen; setting it redraws everything. */
  now = $state<Lang>('zh');
}

/** The one choice of language of this page. */
export const language = new Language();

/** The text of a key with its `{gaps}` filled; a gap nobody filled stays visible. */
export function t(key: Key, args: Args = {}): string {
  return tables[language.now][key].replace(/\{(\w+)\}/g, (gap, name: string) => String(args[name] ?? gap));
}

/** Backend words in the language of the screen. */
export function words(both: Words): string {
  return language.now === 'zh' || both.en === '' ? both.zh : both.en;
}

/** Whether a code has a text of its own. */
export function isKey(key: string): key is Key {
  return Object.prototype.hasOwnProperty.call(zh, key);
}

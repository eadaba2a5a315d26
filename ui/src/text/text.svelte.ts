// Words in the language the person chose. Chinese is the language of record; English must have every key.
import type { Lang } from '../format/time';
import { en } from './en';
import { zh } from './zh';

/** What fills the gaps of a text. */
export type Args = Record<string, string | number>;

/** Words that came from the backend in both languages: procedures are data. */
export type Words = { zh: string; en: string };

class Language {
  /** The language now on the screen; setting it redraws everything. */
  now = $state<Lang>('zh');
}

/** The one choice of language of this page. */
export const language = new Language();

/** The texts of two tables that have the same keys. */
export function texts<Name extends string>(tables: Record<Lang, Record<Name, string>>) {
  return {
    /** The text of a key with its `{gaps}` filled; a gap nobody filled stays visible. `photo{n:s}` is `photo` for one. */
    t: (key: Name, args: Args = {}): string =>
      tables[language.now][key].replace(/\{(\w+)(?::(\w+))?\}/g, (gap, name: string, plural?: string) => {
        if (plural !== undefined) return args[name] === 1 ? '' : plural;
        return String(args[name] ?? gap);
      }),
    /** Whether a code has a text of its own. */
    isKey: (key: string): key is Name => Object.prototype.hasOwnProperty.call(tables.zh, key),
  };
}

/** Names of the tablet's texts, the words of the trade among them. */
export type Key = keyof typeof zh;

export const { t, isKey } = texts<Key>({ zh, en });

/** Backend words in the language of the screen. */
export function words(both: Words): string {
  return language.now === 'zh' || both.en === '' ? both.zh : both.en;
}

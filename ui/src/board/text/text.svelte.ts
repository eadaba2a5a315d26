// The desk's words, in the language the whole page speaks.
import { language, words, type Args } from '../../text/text.svelte';
import { en } from './en';
import { zh } from './zh';

export { language, words };
export type { Args };

/** Names of the desk's texts. */
export type Key = keyof typeof zh;

const tables: Record<typeof language.now, Record<Key, string>> = { zh, en };

/** The text of a key with its `{gaps}` filled; a gap nobody filled stays visible. `photo{n:s}` is `photo` for one. */
export function t(key: Key, args: Args = {}): string {
  return tables[language.now][key].replace(/\{(\w+)(?::(\w+))?\}/g, (gap, name: string, plural?: string) => {
    if (plural !== undefined) return args[name] === 1 ? '' : plural;
    return String(args[name] ?? gap);
  });
}

/** Whether a code has a text of its own. */
export function isKey(key: string): key is Key {
  return Object.prototype.hasOwnProperty.call(zh, key);
}

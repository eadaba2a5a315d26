// The desk's words and those of the trade, in the language the whole page speaks.
import { enWords } from '../../text/en-words';
import { language, texts, words, type Args } from '../../text/text.svelte';
import { zhWords } from '../../text/zh-words';
import { en } from './en';
import { zh } from './zh';

export { language, words };
export type { Args };

/** Names of the desk's texts, the words of the trade among them. */
export type Key = keyof typeof zh | keyof typeof zhWords;

export const { t, isKey } = texts<Key>({ zh: { ...zhWords, ...zh }, en: { ...enWords, ...en } });

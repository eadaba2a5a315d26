import { describe, expect, it } from 'vitest';
import { en } from './en';
import { zhWords } from '../../text/zh-words';
import { zh } from './zh';

const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

describe('the desk’s texts', () => {
  it('say nothing in words of their own that the vocabulary has', () => {
    expect(Object.keys(zh).filter((key) => key in zhWords)).toEqual([]);
  });

  it('both languages leave the same gaps to fill', () => {
    const english = new Map<string, string>(Object.entries(en));
    for (const [key, text] of Object.entries(zh)) expect(gaps(english.get(key) ?? ''), key).toEqual(gaps(text));
  });

  it('the English table holds no Chinese but the name of the other language', () => {
    for (const [key, text] of Object.entries(en)) if (key !== 'desk.language') expect(text, key).not.toMatch(/[\u4e00-\u9fff]/);
  });
});

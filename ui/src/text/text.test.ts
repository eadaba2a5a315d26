import { afterEach, describe, expect, it } from 'vitest';
import { en } from './en';
import { language, t, words } from './text.svelte';
import { zh } from './zh';

const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

describe('texts', () => {
  afterEach(() => {
    language.now = 'zh';
  });

  it('both languages leave the same gaps to fill', () => {
    const english = new Map<string, string>(Object.entries(en));
    for (const [key, text] of Object.entries(zh)) expect(gaps(english.get(key) ?? ''), key).toEqual(gaps(text));
  });

  it('the English table holds no Chinese, the Chinese no unfinished text', () => {
    for (const [key, text] of Object.entries(en))
      if (!key.startsWith('settings.')) expect(text, key).not.toMatch(/[\u4e00-\u9fff]/);
    for (const [key, text] of Object.entries(zh)) expect(text.trim(), key).not.toBe('');
  });

  it('the language can be switched and gaps are filled', () => {
    expect(t('unit.km', { n: '1.9' })).toBe('1.9 公里');
    language.now = 'en';
    expect(t('unit.km', { n: '1.9' })).toBe('1.9 km');
    expect(words({ zh: '封印', en: 'Seals' })).toBe('Seals');
    expect(words({ zh: '封印', en: '' })).toBe('封印');
  });
});

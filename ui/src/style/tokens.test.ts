import { describe, expect, it } from 'vitest';
import css from './tokens.css?raw';

const [light = '', rest = ''] = css.split('/* DARK */');
const [dark = ''] = rest.split('/* END DARK */');

function colours(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1] ?? '', m[2] ?? '']));
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
    const c = parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

const grounds = ['paper', 'ground', 'primary-soft'];
const pairs: [string, string][] = [
  ...grounds.flatMap((ground): [string, string][] => [
    ['ink', ground],
    ['muted', ground],
  ]),
  ['primary', 'paper'],
  ...['ok', 'warn', 'bad', 'info'].flatMap((tone): [string, string][] => [
    [tone, `${tone}-soft`],
    [tone, 'paper'],
    [`on-${tone}`, tone],
    ['ink', `${tone}-soft`],
  ]),
  ['on-primary', 'primary'],
  ['on-bar', 'bar-ground'],
  ['muted', 'warn-soft'],
  ['on-plate', 'plate'],
];

describe.each([
  ['light', colours(light)],
  ['dark', new Map([...colours(light), ...colours(dark)])],
])('%s theme', (_, theme) => {
  it.each(pairs)('%s on %s has a contrast of at least 7:1', (ink, ground) => {
    expect(contrast(theme.get(ink) ?? '#000000', theme.get(ground) ?? '#000000')).toBeGreaterThanOrEqual(7);
  });
});

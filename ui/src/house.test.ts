// The UI's own arrows: no import cycles, Tauri behind one door, words only where words belong.
import { describe, expect, it } from 'vitest';

const sources = import.meta.glob<string>('./**/*.{ts,svelte}', { query: '?raw', import: 'default', eager: true });
const text = new Map(Object.entries(sources).map(([path, source]) => [path.slice(2), source]));
const code = [...text.keys()].filter((path) => !path.endsWith('.test.ts'));

/** `screens/today/../../text/x` → `text/x`. */
function flat(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Value imports only: a type alone makes no cycle at run time. */
function imports(path: string): string[] {
  const found = [...(text.get(path) ?? '').matchAll(/^\s*(?:import|export)\s(?!type\s)[^;]*?from\s+'(\.[^']+)'/gm)];
  return found.flatMap((match) => {
    const target = flat(`${path}/../${match[1] ?? ''}`);
    return [target, `${target}.ts`].filter((candidate) => text.has(candidate)).slice(0, 1);
  });
}

describe('the UI', () => {
  it('has no import cycles', () => {
    const settled = new Set<string>();
    const visit = (path: string, trail: string[]): string[] => {
      if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
      if (settled.has(path)) return [];
      for (const next of imports(path)) {
        const cycle = visit(next, [...trail, path]);
        if (cycle.length > 0) return cycle;
      }
      settled.add(path);
      return [];
    };
    for (const path of code) expect(visit(path, [])).toEqual([]);
  });

  it('talks to Tauri only in host/tauri.ts', () => {
    const users = code.filter((path) => (text.get(path) ?? '').includes('@tauri-apps'));
    expect(users.filter((path) => path !== 'host/tauri.ts')).toEqual([]);
  });

  it('keeps its words in text/', () => {
    const exempt = /(^|\/)text\/|^host\//;
    const strays = code.filter(
      (path) => !exempt.test(path) && withoutComments(text.get(path) ?? '').match(/[\u4e00-\u9fff]/),
    );
    expect(strays).toEqual([]);
  });

  it('has one subject in every file: none longer than 400 lines, tables of words aside', () => {
    const long = code.filter(
      (path) => !/(^|\/)text\/|^host\//.test(path) && (text.get(path) ?? '').split('\n').length > 400,
    );
    expect(long).toEqual([]);
  });
});

function withoutComments(source: string): string {
  return source
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/^\s*\/\/.*$/gm, '');
}

import { describe, expect, it } from 'vitest';
import lib from '../../../src-tauri/src/lib.rs?raw';
import tauri from './tauri.ts?raw';

const names = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name]) => name).sort();

describe('the bridge', () => {
  it('asks for exactly the commands the device registers', () => {
    const asked = names(tauri, /call\('(\w+)'/g);
    expect(asked).toEqual(names(lib, /commands::(\w+),/g));
    expect(asked).toContain('status');
  });
});

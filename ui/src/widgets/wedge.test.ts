import { describe, expect, it } from 'vitest';
import { Wedge } from './wedge';

const type = (text: string, gapMs: number) => {
  const wedge = new Wedge();
  return [...text, 'Enter'].map((key, i) => wedge.key(key, 1000 + i * gapMs)).pop();
};

describe('a scanner that types', () => {
  it('is known by its speed', () => {
    expect(type('4130001000000000000012', 5)).toBe('4130001000000000000012');
    expect(type('4130001000000000000012', 120)).toBeNull();
  });

  it('a few quick keys are a person', () => {
    expect(type('123', 5)).toBeNull();
  });

  it('what a person typed before does not stick to the code', () => {
    const wedge = new Wedge();
    wedge.key('9', 0);
    [...'12345678'].forEach((key, i) => wedge.key(key, 5000 + i * 4));
    expect(wedge.key('Enter', 5036)).toBe('12345678');
  });
});

import { describe, expect, it } from 'vitest';
import { Pinch } from './pinch';

describe('two fingers on the preview', () => {
  it('bring it nearer by as much as they part', () => {
    const pinch = new Pinch();
    pinch.down(1, 0, 0);
    pinch.down(2, 100, 0);
    expect(pinch.moved(2, 150, 0)).toBeCloseTo(1.5);
    expect(pinch.moved(2, 75, 0)).toBeCloseTo(0.5);
  });

  it('one finger, a third one or a trembling hand does nothing', () => {
    const pinch = new Pinch();
    pinch.down(1, 0, 0);
    expect(pinch.moved(1, 50, 0)).toBeNull();
    pinch.down(2, 150, 0);
    expect(pinch.moved(2, 151, 0)).toBeNull();
    pinch.down(3, 9, 9);
    expect(pinch.moved(2, 300, 0)).toBeNull();
    pinch.up(3);
    pinch.up(1);
    expect(pinch.moved(2, 10, 0)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { aimed, quadOf, visible } from './aim';

const HD = { width: 1920, height: 1080 };

describe('the aim frame', () => {
  it('lies on what can be seen: the middle of a picture that fills its place', () => {
    const seen = visible(HD, { width: 600, height: 600 }, 'filled');
    expect(seen).toEqual({ x: 420, y: 0, width: 1080, height: 1080 });
    const frame = aimed(seen, 'code');
    expect(frame.x).toBeGreaterThan(seen.x);
    expect(frame.x + frame.width).toBeLessThan(seen.x + seen.width);
    expect([frame.x + frame.width / 2, frame.y + frame.height / 2]).toEqual([960, 540]);
  });

  it('for a display’s row is wide and low, lying or upright', () => {
    for (const picture of [HD, { width: 1080, height: 1920 }]) {
      const { width, height } = aimed(visible(picture, { width: 800, height: 600 }, 'whole'), 'row');
      expect(width / height).toBeGreaterThan(3);
    }
  });

  it('goes with the picture as corners from the upper left clockwise', () => {
    expect(quadOf({ x: 1, y: 2, width: 10, height: 5 })).toEqual([
      [1, 2],
      [11, 2],
      [11, 7],
      [1, 7],
    ]);
  });
});

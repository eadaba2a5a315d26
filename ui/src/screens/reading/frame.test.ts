import { describe, expect, it } from 'vitest';
import { quadOf } from '../../widgets/aim';
import { convex, handles } from './frame';

const place = { width: 800, height: 1000 };

describe('the handles of a frame', () => {
  it('lie beside their corners, away from the row they frame', () => {
    const [upperLeft, , lowerRight] = handles(quadOf({ x: 300, y: 400, width: 200, height: 60 }), place);
    expect(upperLeft).toEqual({ corner: [300, 400], grip: [254, 354] });
    expect(lowerRight).toEqual({ corner: [500, 460], grip: [546, 506] });
  });

  it('never leave the screen, wherever the corner is', () => {
    for (const { grip } of handles(quadOf({ x: 0, y: 0, width: 800, height: 1000 }), place)) {
      expect(grip[0]).toBeGreaterThanOrEqual(36);
      expect(grip[0]).toBeLessThanOrEqual(764);
      expect(grip[1]).toBeGreaterThanOrEqual(36);
      expect(grip[1]).toBeLessThanOrEqual(964);
    }
  });
});

describe('a frame', () => {
  it('that crosses itself, has a dent or no size cannot be read', () => {
    const good = quadOf({ x: 10, y: 10, width: 100, height: 30 });
    const [a, b, c, d] = good;
    expect(convex(good)).toBe(true);
    expect(convex([b, a, c, d])).toBe(false);
    expect(convex([a, b, [20, 15], d])).toBe(false);
    expect(convex([a, a, c, d])).toBe(false);
  });
});

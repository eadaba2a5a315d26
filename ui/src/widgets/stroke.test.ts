import { describe, expect, it } from 'vitest';
import { fit, inDrawing, isDrawn } from './stroke';

describe('a signature', () => {
  it('keeps its proportions on a pad of another shape', () => {
    expect(fit({ width: 1000, height: 500 }, 800, 800)).toEqual({ scale: 0.8, left: 0, top: 200 });
  });

  it('a point drawn after rotation is kept in the units of the first pad', () => {
    const fitted = fit({ width: 1000, height: 500 }, 800, 800);
    expect(inDrawing(fitted, 400, 400)).toEqual({ x: 500, y: 250 });
  });

  it('is not a dot', () => {
    const point = { x: 5, y: 5, t_ms: 0 };
    expect(isDrawn({ width: 100, height: 100, strokes: [[point]] })).toBe(false);
    expect(isDrawn({ width: 100, height: 100, strokes: [[point, { x: 60, y: 5, t_ms: 9 }]] })).toBe(true);
    expect(isDrawn({ width: 0, height: 0, strokes: [] })).toBe(false);
  });
});

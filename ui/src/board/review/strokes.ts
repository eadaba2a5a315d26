// A signature's strokes as they come from a blob, and as an SVG path.
import type { Strokes } from '../../host/bindings/Strokes';

/** Reads the blob; null when it is no signature. */
export function strokesIn(text: string): Strokes | null {
  try {
    const read: unknown = JSON.parse(text);
    return isStrokes(read) ? read : null;
  } catch {
    return null;
  }
}

function isStrokes(read: unknown): read is Strokes {
  if (typeof read !== 'object' || read === null || !('strokes' in read) || !Array.isArray(read.strokes)) return false;
  const sized = 'width' in read && typeof read.width === 'number' && read.width > 0 && 'height' in read && typeof read.height === 'number' && read.height > 0;
  return sized && read.strokes.every((stroke: unknown) => Array.isArray(stroke) && stroke.every(isPoint));
}

function isPoint(point: unknown): boolean {
  return Array.isArray(point) && point.length >= 2 && typeof point[0] === 'number' && typeof point[1] === 'number';
}

/** One stroke as a path; a single point is a dot. */
export function path(points: [number, number, number][]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  const start = `M${String(first[0])} ${String(first[1])}`;
  return rest.length === 0 ? `${start}h0.01` : start + rest.map(([x, y]) => `L${String(x)} ${String(y)}`).join('');
}

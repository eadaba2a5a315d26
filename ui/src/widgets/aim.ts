// Where the aim frame lies on the camera's picture: drawn over the preview and handed on with the picture.

/** Width and height. Unit: pixels. */
export type Size = { width: number; height: number };
/** A rectangle of a picture. Unit: pixels of the picture. */
export type Rect = Size & { x: number; y: number };
/** Corners: upper left, upper right, lower right, lower left. Unit: pixels of the picture. */
export type Quad = [[number, number], [number, number], [number, number], [number, number]];

/** How a picture fills its place: all of it with bars beside it, or its middle to the edges. */
export type Fit = 'whole' | 'filled';

/** What the frame is for: a label of bars, or the row of a display. */
export type Aim = 'code' | 'row';

/** Parts of what is to be seen: width, height, and the shape the frame never exceeds (height to width). */
const FRAMES: Record<Aim, { width: number; height: number; most: number }> = {
  code: { width: 0.84, height: 0.5, most: 0.6 },
  row: { width: 0.82, height: 0.5, most: 0.3 },
};

/** The part of a picture that can be seen in a place of this size. */
export function visible(picture: Size, place: Size, fit: Fit): Rect {
  const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
  if (fit === 'whole' || place.width === 0 || place.height === 0) return whole;
  const scale = Math.max(place.width / picture.width, place.height / picture.height);
  const width = place.width / scale;
  const height = place.height / scale;
  return { x: (picture.width - width) / 2, y: (picture.height - height) / 2, width, height };
}

/** The aim frame in the middle of what can be seen. */
export function aimed(seen: Rect, aim: Aim): Rect {
  const { width: part, height: tall, most } = FRAMES[aim];
  const width = seen.width * part;
  const height = Math.min(seen.height * tall, width * most);
  return { x: seen.x + (seen.width - width) / 2, y: seen.y + (seen.height - height) / 2, width, height };
}

/** The corners of a rectangle. */
export function quadOf({ x, y, width, height }: Rect): Quad {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}

/** The same corners elsewhere. */
export function mapped([a, b, c, d]: Quad, to: (corner: [number, number]) => [number, number]): Quad {
  return [to(a), to(b), to(c), to(d)];
}

/** The middle of four corners. */
export function middleOf(quad: Quad): [number, number] {
  const mean = (axis: 0 | 1) => quad.reduce((sum, corner) => sum + corner[axis], 0) / quad.length;
  return [mean(0), mean(1)];
}

/** Corners as the `points` of a polygon. */
export function pointsOf(quad: Quad): string {
  return quad.map((corner) => corner.join(',')).join(' ');
}

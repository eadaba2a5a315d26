// A signature as drawn: points in the units of the pad it was drawn on, never pixels of a picture.

/** One touch of the pen: where, and when after the first touch. */
export type StrokePoint = { x: number; y: number; t_ms: number };

/** From pen down to pen up. */
export type Stroke = StrokePoint[];

/** Strokes and the size of the pad they belong to, so that any other pad can show them in proportion. */
export type Drawing = { width: number; height: number; strokes: Stroke[] };

/** How a drawing lies on a pad of another size: as large as fits, centred. */
export type Fit = { scale: number; left: number; top: number };

/** Fits `drawing` into `width` × `height` without distorting it. */
export function fit(drawing: Pick<Drawing, 'width' | 'height'>, width: number, height: number): Fit {
  if (drawing.width <= 0 || drawing.height <= 0) return { scale: 1, left: 0, top: 0 };
  const scale = Math.min(width / drawing.width, height / drawing.height);
  return { scale, left: (width - drawing.width * scale) / 2, top: (height - drawing.height * scale) / 2 };
}

/** A point on the pad in the drawing's own units, to a tenth. */
export function inDrawing(fitted: Fit, x: number, y: number): { x: number; y: number } {
  const tenth = (value: number) => Math.round(value * 10) / 10;
  return { x: tenth((x - fitted.left) / fitted.scale), y: tenth((y - fitted.top) / fitted.scale) };
}

/** Whether this is a signature rather than a slip: some length on the pad, not only a dot. */
export function isDrawn(drawing: Drawing): boolean {
  let length = 0;
  for (const stroke of drawing.strokes)
    stroke.forEach((point, i) => {
      const last = stroke[i - 1];
      if (last) length += Math.hypot(point.x - last.x, point.y - last.y);
    });
  return drawing.width > 0 && length > Math.min(drawing.width, drawing.height) * 0.3;
}

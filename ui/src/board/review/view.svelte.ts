// Zoom and place of the two photos; both always show the same part at the same scale.

const CLOSEST = 12;

/** The shared view. `x`, `y` shift the photos in parts of their pane's width and height, after scaling about its centre. */
export class View {
  scale = $state(1);
  x = $state(0);
  y = $state(0);

  /** Zooms by a factor and keeps the spot (parts of the pane from its centre, −0.5 to 0.5) where it is. */
  zoom(by: number, at: { x: number; y: number } = { x: 0, y: 0 }): void {
    const next = Math.min(CLOSEST, Math.max(1, this.scale * by));
    const ratio = next / this.scale;
    this.scale = next;
    this.#place(at.x - (at.x - this.x) * ratio, at.y - (at.y - this.y) * ratio);
  }

  /** Moves by parts of the pane. */
  pan(dx: number, dy: number): void {
    this.#place(this.x + dx, this.y + dy);
  }

  /** Shows a spot of a photo (parts of the pane from its centre) in the middle, close enough to read. */
  show(at: { x: number; y: number }): void {
    this.scale = 2.5;
    this.#place(-at.x * this.scale, -at.y * this.scale);
  }

  /** The whole of both photos. */
  reset(): void {
    this.scale = 1;
    this.#place(0, 0);
  }

  /** Never so far that a pane shows nothing of its photo. */
  #place(x: number, y: number): void {
    const most = (this.scale - 1) / 2;
    this.x = Math.min(most, Math.max(-most, x));
    this.y = Math.min(most, Math.max(-most, y));
  }
}

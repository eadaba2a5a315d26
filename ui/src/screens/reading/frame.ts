// A frame of four corners under a hand: where its handles lie, and whether it can be a row of digits.
import { middleOf, type Quad, type Size } from '../../widgets/aim';

/** How far a handle lies from its corner, so that the hand does not hide what it moves. Unit: screen pixels. */
const REACH_PX = 46;
/** Half a handle: none of it leaves the screen. Unit: screen pixels. */
const HALF_PX = 36;

/** Each corner with the middle of its handle, away from the frame and within the place. Unit: screen pixels. */
export function handles(corners: Quad, place: Size): { corner: [number, number]; grip: [number, number] }[] {
  const [x, y] = middleOf(corners);
  return corners.map((corner) => {
    const away = [Math.sign(corner[0] - x) || 1, Math.sign(corner[1] - y) || 1];
    const grip = (axis: 0 | 1, most: number) =>
      Math.min(Math.max(HALF_PX, most - HALF_PX), Math.max(HALF_PX, corner[axis] + (away[axis] ?? 1) * REACH_PX));
    return { corner, grip: [grip(0, place.width), grip(1, place.height)] };
  });
}

/** Whether the corners go round clockwise without a dent: else no row of digits can be laid flat from them. */
export function convex(corners: Quad): boolean {
  return corners.every((corner, i) => {
    const next = corners[(i + 1) % 4] ?? corner;
    const after = corners[(i + 2) % 4] ?? corner;
    const turn = (next[0] - corner[0]) * (after[1] - next[1]) - (next[1] - corner[1]) * (after[0] - next[0]);
    return turn > 1;
  });
}

import { describe, expect, it } from 'vitest';
import { watch, type Clock } from './watch';

/** A world whose time passes only when somebody waits, and whose camera has a new frame every 33 ms. */
function world(look_ms: number) {
  const at = { ms: 0 };
  const rests: number[] = [];
  const clock: Clock = {
    now: () => at.ms,
    wait: async (ms) => {
      rests.push(ms);
      at.ms += ms;
    },
  };
  const running = { now: 0, most: 0 };
  const look = async () => {
    const frame = Math.floor(at.ms / 33);
    running.most = Math.max(running.most, ++running.now);
    await Promise.resolve();
    at.ms += look_ms;
    running.now -= 1;
    return frame;
  };
  return { clock, look, rests, running };
}

/** The frames that were told until there were `n`. */
function told(look: () => Promise<number | null>, clock: Clock, n: number): Promise<number[]> {
  const frames: number[] = [];
  return new Promise((resolve) => {
    watch(
      look,
      (frame) => {
        frames.push(frame);
        if (frames.length === n) resolve(frames);
        return frames.length === n;
      },
      clock,
    );
  });
}

describe('watching', () => {
  it('takes the newest frame after each look and passes over those in between', async () => {
    const { clock, look } = world(300);
    const frames = await told(look, clock, 3);
    // A look and its rest take 450 ms.
    expect(frames).toEqual([0, 13, 27]);
  });

  it('never has two looks under way', async () => {
    const { clock, look, running } = world(300);
    await told(look, clock, 5);
    expect(running.most).toBe(1);
  });

  it('rests in proportion to what a look costs, and never not at all', async () => {
    const slow = world(400);
    await told(slow.look, slow.clock, 2);
    const quick = world(10);
    await told(quick.look, quick.clock, 2);
    expect([slow.rests, quick.rests]).toEqual([[200], [40]]);
  });

  it('goes on after a look that failed or saw nothing new', async () => {
    const { clock, rests } = world(0);
    const answers = [() => Promise.reject(new Error('bad frame')), () => Promise.resolve(null), () => Promise.resolve(7)];
    expect(await told(() => answers.shift()?.() ?? Promise.resolve(null), clock, 1)).toEqual([7]);
    expect(rests).toEqual([120, 120]);
  });

  it('an answer that comes after the end is not told', async () => {
    let answer: (frame: number) => void = () => undefined;
    const frames: number[] = [];
    const looked = new Promise<number>((resolve) => (answer = resolve));
    const end = watch(() => looked, (frame) => frames.push(frame) > 0);
    end();
    answer(1);
    await looked;
    await Promise.resolve();
    expect(frames).toEqual([]);
  });
});

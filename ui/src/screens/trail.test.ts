import { describe, expect, it } from 'vitest';
import { Trail } from './trail';

function browser() {
  const calls: string[] = [];
  return {
    calls,
    past: {
      pushState: (route: unknown) => void calls.push(`on ${String(route)}`),
      back: () => void calls.push('back'),
    },
  };
}

describe('the way back', () => {
  it('the arrow in the bar takes back what was opened, so that the tablet’s button does not lead in again', () => {
    const { calls, past } = browser();
    const trail = new Trail(past);
    trail.to('order/o-17');
    trail.to('order/o-17/seals');
    trail.to('order/o-17');
    trail.came('order/o-17');
    trail.to('today');
    trail.came(null);
    expect(calls).toEqual(['on order/o-17', 'on order/o-17/seals', 'back', 'back']);
  });

  it('the same screen twice is one step', () => {
    const { calls, past } = browser();
    const trail = new Trail(past);
    trail.to('today');
    trail.to('sync');
    trail.to('sync');
    expect(calls).toEqual(['on sync']);
  });
});

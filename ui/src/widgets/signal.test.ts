import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signal } from './signal';

let tones: number[];
let vibrate: ReturnType<typeof vi.fn>;

class Sound {
  currentTime = 0;
  resume = async () => undefined;
  createOscillator = () => {
    const frequency = { value: 0 };
    return { frequency, connect: (next: unknown) => next, start: () => tones.push(frequency.value), stop: () => undefined };
  };
  createGain = () => ({
    gain: { setValueAtTime: () => undefined, exponentialRampToValueAtTime: () => undefined },
    connect: (next: unknown) => next,
  });
}

describe('a signal', () => {
  beforeEach(() => {
    tones = [];
    vibrate = vi.fn();
    vi.stubGlobal('AudioContext', Sound);
    vi.stubGlobal('navigator', { vibrate, userActivation: { hasBeenActive: true } });
  });
  afterEach(() => {
    signal.sound = true;
    vi.unstubAllGlobals();
  });

  it('is a tone and a buzz, and good news sound and feel other than odd ones', () => {
    signal.give('good');
    signal.give('odd');
    expect(new Set(tones).size).toBe(2);
    expect(vibrate.mock.calls[0]).not.toEqual(vibrate.mock.calls[1]);
  });

  it('is felt but not heard where the crew wants no sound', () => {
    signal.sound = false;
    signal.give('good');
    expect(tones).toEqual([]);
    expect(vibrate).toHaveBeenCalledOnce();
  });

  it('does not ask a page to buzz that nobody touched yet', () => {
    vi.stubGlobal('navigator', { vibrate, userActivation: { hasBeenActive: false } });
    signal.give('good');
    expect(vibrate).not.toHaveBeenCalled();
  });

  it('fails nowhere on a device that has neither motor nor sound', () => {
    vi.stubGlobal('navigator', {});
    vi.stubGlobal('AudioContext', undefined);
    expect(() => signal.give('good')).not.toThrow();
  });
});

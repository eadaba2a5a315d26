// A short tone and a short buzz: the crew looks at the meter, not at the screen.

/** Two tones that carry beside traffic. Unit: hertz. */
const TONES = { good: 1760, odd: 440 } as const;
const LENGTH_S = 0.09;
const BUZZ_MS = { good: [60], odd: [40, 60, 40] };

class Signal {
  /** Whether tones are wanted; the buzz always is. */
  sound = true;
  #context: AudioContext | null = null;

  /** Says without words that something was read, or that something needs a look. */
  give(kind: keyof typeof TONES): void {
    if (typeof navigator === 'undefined') return;
    const { userActivation }: { userActivation?: UserActivation } = navigator;
    // Nobody holds a page that was never touched; browsers refuse to buzz for it.
    // Not every tablet has a motor, and not every WebView lets a page ask for it.
    if (userActivation?.hasBeenActive !== false) navigator.vibrate?.(BUZZ_MS[kind]);
    if (this.sound) this.#play(TONES[kind]);
  }

  #play(hertz: number): void {
    try {
      this.#context ??= new AudioContext();
      const context = this.#context;
      void context.resume();
      const tone = context.createOscillator();
      const level = context.createGain();
      const { currentTime } = context;
      tone.frequency.value = hertz;
      level.gain.setValueAtTime(0.25, currentTime);
      // Cut off sharply it would click.
      level.gain.exponentialRampToValueAtTime(0.001, currentTime + LENGTH_S);
      tone.connect(level).connect(context.destination);
      tone.start();
      tone.stop(currentTime + LENGTH_S);
    } catch {
      // A device without sound has said it by the buzz and on the screen.
    }
  }
}

/** The one voice of this page. */
export const signal = new Signal();

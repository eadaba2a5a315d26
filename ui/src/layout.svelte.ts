// How much room there is, in the unit of the text: at 200 % a landscape tablet is as narrow as a portrait one.

/** Below this many rem the list and the order are shown one at a time. */
const TWO_PANES_REM = 60;

/** Below this many rem a bar has no room for every word. */
const NARROW_REM = 44;

class Layout {
  /** Whether list and order stand side by side. */
  wide = $state(false);
  /** Whether bars say only what matters most. */
  narrow = $state(false);

  /** Watches the window and the text size; returns how to stop. */
  watch(): () => void {
    const measure = () => {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
      this.wide = window.innerWidth / rem >= TWO_PANES_REM;
      this.narrow = window.innerWidth / rem < NARROW_REM;
    };
    measure();
    const watching = new ResizeObserver(measure);
    watching.observe(document.documentElement);
    window.addEventListener('resize', measure);
    return () => {
      watching.disconnect();
      window.removeEventListener('resize', measure);
    };
  }

  /** Measures again after the text size changed. */
  changed(): void {
    window.dispatchEvent(new Event('resize'));
  }
}

/** The one layout of this page. */
export const layout = new Layout();

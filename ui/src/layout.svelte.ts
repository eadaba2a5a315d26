// How much room there is, in the unit of the text: at 200 % a landscape tablet is as narrow as a portrait one.

/** Below this many rem the list and the order are shown one at a time. */
const TWO_PANES_REM = 60;

class Layout {
  /** Whether list and order stand side by side. */
  wide = $state(false);

  /** Watches the window and the text size; returns how to stop. */
  watch(): () => void {
    const measure = () => {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
      this.wide = window.innerWidth / rem >= TWO_PANES_REM;
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

// Hardware scanners, both kinds: those that type like a keyboard, and those whose codes the system hands to the app.
import { getContext, onMount, setContext } from 'svelte';
import { Wedge } from './wedge';

/** How the device tells of codes its own scanner read; answers how to stop. */
type Scanner = (heard: (code: string) => void) => () => void;

const DEVICE = Symbol('scanner');

/** For every widget below the app. */
export function setScannerOfDevice(scanner: Scanner): void {
  setContext(DEVICE, scanner);
}

/** Calls `heard` with every code of a hardware scanner while the component is on the screen. Called in its script. */
export function onScanner(heard: (code: string) => void): void {
  const device = getContext<Scanner>(DEVICE);
  const wedge = new Wedge();
  onMount(() => {
    const key = (event: KeyboardEvent) => {
      const code = wedge.key(event.key, event.timeStamp);
      if (code !== null) heard(code);
    };
    window.addEventListener('keydown', key);
    const stop = device(heard);
    return () => {
      window.removeEventListener('keydown', key);
      stop();
    };
  });
}

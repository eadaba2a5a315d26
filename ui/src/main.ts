// The tablet's app starts here: in the real app behind Tauri, elsewhere on a made-up day.
import { mount } from 'svelte';
import App from './App.svelte';
import { App as AppState } from './app.svelte';
import type { Host } from './host/host';
import './style/base.css';

async function host(): Promise<Host> {
  // The sample is part of builds for tests and drawings alone.
  if (import.meta.env.VITE_FAKE === '1') {
    const { fakeHost } = await import('./host/fake');
    return fakeHost(new URLSearchParams(location.search));
  }
  const { tauriHost } = await import('./host/tauri');
  return tauriHost;
}

const target = document.getElementById('app');
if (target) void host().then((found) => mount(App, { target, props: { app: new AppState(found) } }));

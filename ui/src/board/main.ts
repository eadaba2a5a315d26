// The supervisor's desk starts here: on a page of the gateway, or in the desktop app's own window.
import { mount } from 'svelte';
import './board.css';
import Main from './Main.svelte';
import { Board } from './board.svelte';
import type { Desk } from './desk';
import { HttpDesk } from '../host/http';
import { language } from './text/text.svelte';

/** Where the gateway is: named in the address, or the page's own origin; unknown inside the app, which serves no gateway. */
function base(): string | null {
  const named = new URLSearchParams(location.search).get('gateway');
  if (named !== null && /^https?:\/\//.test(named)) return named.replace(/\/+$/, '');
  const served = /^https?:$/.test(location.protocol) && !location.hostname.endsWith('tauri.localhost');
  return served ? '' : null;
}

async function desk(): Promise<Desk> {
  // The sample is part of builds for tests and drawings alone.
  if (import.meta.env.VITE_FAKE === '1') {
    const { FakeDesk } = await import('../host/desk_fake');
    return new FakeDesk(Date.now);
  }
  return new HttpDesk(base());
}

function theme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const set = () => (document.documentElement.dataset['theme'] = dark.matches ? 'dark' : 'light');
  dark.addEventListener('change', set);
  set();
}

async function start(target: HTMLElement): Promise<void> {
  theme();
  if (localStorage.getItem('desk.language') === 'en') language.now = 'en';
  mount(Main, { target, props: { board: new Board(await desk(), sessionStorage, Date.now) } });
}

const target = document.getElementById('app');
if (target) void start(target);

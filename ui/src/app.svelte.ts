// The app as a whole: which screen is open, what the settings say, how far news has got.
import type { Host, Problem } from './host/host';
import type { EnrolledView, Settings, StoreNotice, SyncView } from './host/types';
import { layout } from './layout.svelte';
import { placeOf, routeOf, type Place } from './screens/place';
import { Trail } from './screens/trail';
import { problemOf } from './screens/problem';
import { language } from './text/text.svelte';
import { signal } from './widgets/signal';

/** The state that outlives a single screen. */
export class App {
  place = $state.raw<Place>({ screen: 'today' });
  ready = $state(false);
  enrolled = $state.raw<EnrolledView | null>(null);
  version = $state('');
  notice = $state.raw<StoreNotice | null>(null);
  problem = $state.raw<Problem | null>(null);
  sync = $state.raw<SyncView | null>(null);
  settings = $state.raw<Settings>({ language: 'zh', theme: 'system', text_percent: 100, may_train: false, quiet: false });

  readonly trail = new Trail();
  /** Whether the screen may not be left now: a card is being written. */
  held = false;
  /** What lies under the delivery or settings screen, which may be opened from anywhere. */
  #under: Place | null = null;

  constructor(readonly host: Host) {}

  /** Finds the place the crew was at and opens it. */
  async start(): Promise<void> {
    await Promise.all([this.enrolledAs(), this.tally()]);
    this.ready = true;
  }

  /** Asks who the device is, and opens what follows from it. */
  async enrolledAs(): Promise<void> {
    try {
      const status = await this.host.status();
      this.problem = null;
      this.enrolled = status.enrolled;
      this.version = status.version;
      this.notice = status.notice;
      this.#use(status.settings);
      this.place = status.enrolled ? placeOf(status.route) : { screen: 'enrol' };
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  /** Opens a screen and has the device remember it. */
  go(place: Place): void {
    if (!isOver(place)) this.#under = null;
    else if (!isOver(this.place)) this.#under = this.place;
    this.trail.to(routeOf(place));
    this.#open(place);
  }

  /** The tablet's own back button was pressed. */
  returned(route: string | null): void {
    if (this.held) {
      this.trail.stay();
      return;
    }
    this.trail.came(route);
    this.#open(placeOf(route));
  }

  /** One step out: from a meter to its step, from a step to its order, from delivery and settings to what they lie over, else to the day. */
  back(): void {
    const { place } = this;
    if (isOver(place) && this.#under) this.go(this.#under);
    else if (place.screen === 'meter') this.go({ ...place, screen: 'step' });
    else if (place.screen === 'step' || place.screen === 'could_not') this.go({ screen: 'order', order_id: place.order_id });
    else this.go({ screen: 'today' });
  }

  /** Asks again how far news has got; the pill shows it on every screen. */
  async tally(): Promise<void> {
    try {
      this.sync = await this.host.sync();
    } catch {
      // The screen that is open says what failed; the pill keeps what it last knew.
    }
  }

  /** Applies and keeps a changed setting. */
  async change(settings: Settings): Promise<void> {
    this.#use(settings);
    try {
      await this.host.save_settings(settings);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  #open(place: Place): void {
    this.place = place;
    this.problem = null;
    this.host.save_route(routeOf(place)).catch((error: unknown) => {
      this.problem = problemOf(error);
    });
  }

  #use(settings: Settings): void {
    this.settings = settings;
    language.now = settings.language;
    signal.sound = !settings.quiet;
    if (typeof document === 'undefined') return;
    const root = document.documentElement;
    const dark =
      settings.theme === 'dark' || (settings.theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
    root.dataset['theme'] = dark ? 'dark' : 'light';
    root.lang = settings.language === 'zh' ? 'zh-CN' : 'en';
    root.style.setProperty('--text-scale', String(settings.text_percent / 100));
    layout.changed();
  }
}

/** Whether the screen lies over another one, which its arrow leads back to. */
function isOver({ screen }: Place): boolean {
  return screen === 'sync' || screen === 'settings';
}

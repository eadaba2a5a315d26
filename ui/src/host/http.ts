// The desk's questions as HTTP requests to the gateway; the only place that knows their addresses.
import type { LateDecision } from './bindings/LateDecision';
import type { EventId } from './bindings/EventId';
import type { Remark } from './bindings/Remark';
import { DeskError, type CardLedger, type CrewDay, type Desk, type DeskProblem, type Letter, type Queue, type QueueAsk, type Review, type SignedIn } from '../board/desk';

/** Without a byte for so long the link counts as lost; a slow photo still gets through. Unit: milliseconds. */
const PATIENCE_MS = 20_000;

/** The gateway over HTTP. `base` is `''` where the gateway served this page, `null` while its address is unknown. */
export class HttpDesk implements Desk {
  #token: string | null = null;

  constructor(private base: string | null) {}

  get needs_address(): boolean {
    return this.base === null;
  }

  use_address(address: string): void {
    const bare = address.trim().replace(/\/+$/, '');
    this.base = /^https?:\/\//.test(bare) ? bare : `http://${bare}`;
  }

  use_token(token: string | null): void {
    this.#token = token;
  }

  sign_in(name: string, password: string): Promise<SignedIn> {
    return this.#post('/sign-in', { name, password });
  }

  queue(ask: QueueAsk): Promise<Queue> {
    const query = new URLSearchParams(Object.entries(ask).filter(([, value]) => value !== ''));
    return this.#json(`/queue?${query.toString()}`);
  }

  review(order: string): Promise<Review> {
    return this.#json(`/orders/${encodeURIComponent(order)}`);
  }

  approve(order: string, revision: number): Promise<Review> {
    return this.#post(`/orders/${encodeURIComponent(order)}/approve`, { revision });
  }

  send_back(order: string, revision: number, remarks: Remark[]): Promise<Review> {
    return this.#post(`/orders/${encodeURIComponent(order)}/return`, { revision, remarks });
  }

  late(order: string, revision: number, events: EventId[], decision: LateDecision): Promise<Review> {
    return this.#post(`/orders/${encodeURIComponent(order)}/late`, { revision, events, decision });
  }

  async progress(): Promise<CrewDay[]> {
    return (await this.#json<{ crews: CrewDay[] }>('/progress')).crews;
  }

  async letters(): Promise<Letter[]> {
    return (await this.#json<{ letters: Letter[] }>('/dead-letters')).letters;
  }

  async retry_letter(id: string): Promise<void> {
    await this.#ask(`/dead-letters/${encodeURIComponent(id)}/retry`, { method: 'POST' });
  }

  /** Two questions: what is live must not be crowded out of the list by what is done. */
  async cards(): Promise<CardLedger> {
    const [live, done] = await Promise.all([
      this.#json<CardLedger>('/cards'),
      this.#json<CardLedger>('/cards?state=written,not_written,superseded,reissued&incidents=all'),
    ]);
    return {
      leaves: once([...live.leaves, ...done.leaves], ({ authorisation }) => authorisation),
      incidents: once([...live.incidents, ...done.incidents], ({ no }) => no),
    };
  }

  async reissue(authorisation: string, why: string): Promise<void> {
    await this.#post(`/cards/${encodeURIComponent(authorisation)}/reissue`, { why });
  }

  async settle(incident: number, why: string): Promise<void> {
    await this.#post(`/card-incidents/${String(incident)}/settle`, { why });
  }

  async blob(hash: string): Promise<Blob> {
    return (await this.#ask(`/blobs/${hash}`, {})).blob();
  }

  async proof(order: string): Promise<Blob> {
    return (await this.#ask(`/orders/${encodeURIComponent(order)}/proof`, {})).blob();
  }

  #post<T>(path: string, body: unknown): Promise<T> {
    return this.#json(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }

  async #json<T>(path: string, init: RequestInit = {}): Promise<T> {
    const answer = await this.#ask(path, init);
    return (await answer.json().catch(() => {
      throw new DeskError({ code: 'unexpected', detail: 'not JSON' });
    })) as T;
  }

  /** Asks and gives the answer when it is a good one. */
  async #ask(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#token !== null) headers.set('authorization', `Bearer ${this.#token}`);
    const stop = new AbortController();
    const timer = setTimeout(() => {
      stop.abort();
    }, PATIENCE_MS);
    const answer = await fetch(`${this.base ?? ''}/v1/desk${path}`, { ...init, headers, signal: stop.signal, cache: 'no-store' })
      .catch(() => {
        throw new DeskError({ code: 'no_link' });
      })
      .finally(() => {
        clearTimeout(timer);
      });
    if (!answer.ok) throw new DeskError(await problemIn(answer));
    return answer;
  }
}

/** Each thing once, the first of its name. */
function once<T>(all: T[], name: (one: T) => string | number): T[] {
  return [...new Map(all.map((one) => [name(one), one] as const).reverse()).values()].reverse();
}

/** Codes the desk has a sentence for; others are named to the engineer. */
const KNOWN = new Set(['bad_sign_in', 'no_session', 'not_allowed', 'not_found', 'order_moved', 'evidence_missing', 'card_leave_out', 'disk_full', 'unavailable']);

async function problemIn(answer: Response): Promise<DeskProblem> {
  const body = (await answer.json().catch(() => null)) as { code?: string } | null;
  const code = body?.code ?? '';
  if (KNOWN.has(code)) return body as DeskProblem;
  if (answer.status === 401) return { code: 'no_session' };
  if (answer.status === 502 || answer.status === 503 || answer.status === 504) return { code: 'unavailable' };
  return { code: 'unexpected', detail: code === '' ? `HTTP ${String(answer.status)}` : code };
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeskError } from '../board/desk';
import { HttpDesk } from './http';

const asked: { url: string; init: RequestInit }[] = [];
let answer: () => Response | Promise<Response>;

beforeEach(() => {
  asked.length = 0;
  answer = () => Response.json({});
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    asked.push({ url, init });
    return answer();
  });
});
afterEach(() => vi.unstubAllGlobals());

const problem = (call: Promise<unknown>) => call.then(() => null, (error: unknown) => (error instanceof DeskError ? error.problem : error));
const body = () => JSON.parse(String(asked[0]?.init.body)) as unknown;

describe('the desk over HTTP', () => {
  it('asks with the session’s token and leaves empty filters out', async () => {
    const desk = new HttpDesk('');
    desk.use_token('secret');
    await desk.queue({ crew: 'crew-1', kind: '', state: '', anomaly: 'any', search: '赵 水' });
    expect(asked[0]?.url).toBe('/v1/desk/queue?crew=crew-1&anomaly=any&search=%E8%B5%B5+%E6%B0%B4');
    expect(new Headers(asked[0]?.init.headers).get('authorization')).toBe('Bearer secret');
  });

  it('an order’s number cannot leave its place in the address', async () => {
    await new HttpDesk('http://gw').review('a/../b?c');
    expect(asked[0]?.url).toBe('http://gw/v1/desk/orders/a%2F..%2Fb%3Fc');
  });

  it('a return carries revision and remarks', async () => {
    await new HttpDesk('').send_back('o', 7, [{ pin: 'step', step: 'seals', text: 'x' }]);
    expect(asked[0]?.url).toBe('/v1/desk/orders/o/return');
    expect(body()).toEqual({ revision: 7, remarks: [{ pin: 'step', step: 'seals', text: 'x' }] });
  });

  it('live leaves are asked for apart from the rest, and each thing is listed once', async () => {
    const leave = (authorisation: string) => ({ authorisation });
    const answers = [
      { leaves: [leave('a'), leave('b')], incidents: [{ no: 2 }] },
      { leaves: [leave('b'), leave('c')], incidents: [{ no: 2 }, { no: 1 }] },
    ];
    answer = () => Response.json(answers[asked.length - 1]);
    const { leaves, incidents } = await new HttpDesk('').cards();
    expect(asked.map(({ url }) => url)).toEqual(['/v1/desk/cards', '/v1/desk/cards?state=written,not_written,superseded,reissued&incidents=all']);
    expect(leaves.map(({ authorisation }) => authorisation)).toEqual(['a', 'b', 'c']);
    expect(incidents.map(({ no }) => no)).toEqual([2, 1]);
  });

  it('taking a leave back and settling a report carry the supervisor’s words', async () => {
    await new HttpDesk('').reissue('x/y', 'lost');
    expect(asked[0]?.url).toBe('/v1/desk/cards/x%2Fy/reissue');
    expect(body()).toEqual({ why: 'lost' });
    await new HttpDesk('').settle(7, 'found');
    expect(asked[1]?.url).toBe('/v1/desk/card-incidents/7/settle');
    answer = () => Response.json({ code: 'card_leave_out', state: 'written', device: 'd' }, { status: 409 });
    expect(await problem(new HttpDesk('').reissue('x', 'lost'))).toMatchObject({ code: 'card_leave_out', state: 'written' });
  });

  it('a typed problem keeps its facts', async () => {
    answer = () => Response.json({ code: 'order_moved', state: 'returned' }, { status: 409 });
    expect(await problem(new HttpDesk('').approve('o', 1))).toMatchObject({ code: 'order_moved', state: 'returned' });
  });

  it('no answer, a proxy’s answer and an unknown code are told apart', async () => {
    answer = () => Promise.reject(new TypeError('failed'));
    expect(await problem(new HttpDesk('').progress())).toEqual({ code: 'no_link' });
    answer = () => new Response('<html>', { status: 502 });
    expect(await problem(new HttpDesk('').progress())).toEqual({ code: 'unavailable' });
    answer = () => Response.json({ code: 'malformed' }, { status: 400 });
    expect(await problem(new HttpDesk('').progress())).toEqual({ code: 'unexpected', detail: 'malformed' });
    answer = () => new Response('<html>');
    expect(await problem(new HttpDesk('').progress())).toEqual({ code: 'unexpected', detail: 'not JSON' });
  });

  it('an address is taken the way people type it', async () => {
    const desk = new HttpDesk(null);
    expect(desk.needs_address).toBe(true);
    desk.use_address(' 10.0.0.5:8080/ ');
    await desk.letters().catch(() => undefined);
    expect(asked[0]?.url).toBe('http://10.0.0.5:8080/v1/desk/dead-letters');
  });
});

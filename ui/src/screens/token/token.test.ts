import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import { TokenState } from './token.svelte';

const TOKEN = '23716100501183194197';
const open = async (query: Record<string, string>) => {
  const host = fakeHost(new URLSearchParams(query));
  const token = new TokenState(host, 'o-17', 'token');
  await token.load();
  return { host, token };
};

describe('a token', () => {
  it('is shown with its class and handed over once', async () => {
    const { token } = await open({ token: TOKEN });
    expect([token.token, token.kind, token.given]).toEqual([TOKEN, 'credit', false]);
    expect(await token.deliver()).toBe(true);
    expect(token.given).toBe(true);
    expect(token.view?.record).toEqual({ record: 'token', token: TOKEN });
  });

  it('is given after a restart', async () => {
    const { token } = await open({ token: TOKEN, done: 'token' });
    expect(token.given).toBe(true);
  });

  it('that the office changed is not the one handed over', async () => {
    const { host, token } = await open({ token: TOKEN, done: 'token' });
    const order = await host.order('o-17');
    const dispatch = { ...order.order.dispatch, token: '50901894209860263092' };
    host.order = () => Promise.resolve({ ...order, order: { ...order.order, dispatch } });
    await token.load();
    expect([token.kind, token.given]).toEqual(['management', false]);
    expect(await token.deliver()).toBe(false);
    expect(token.problem).toMatchObject({ refusal: { code: 'wrong_token' } });
  });

  it('of a wrong form has no class', async () => {
    const { token } = await open({ token: '2371610050118319419' });
    expect(token.kind).toBeNull();
  });

  it('may be missing', async () => {
    const { token } = await open({});
    expect(await token.deliver()).toBe(false);
  });
});

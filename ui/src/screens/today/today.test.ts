import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import { HostError, type Host } from '../../host/host';
import type { Today, TodayAsk } from '../../host/types';
import { TodayState } from './today.svelte';

const list = (...customers: string[]): Today => ({
  groups: [
    {
      group: 'assigned',
      count: customers.length,
      orders: customers.map((customer, i) => ({
        id: String(i),
        kind: 'install',
        reason: null,
        state: 'assigned',
        customer,
        account_no: '',
        address: '',
        appointment: null,
        distance_m: null,
        delivery: null,
        remark: null,
        steps_done: 0,
        steps: 3,
        meters: 0,
        waiting: 0,
      })),
    },
  ],
  delivery: { saved_here: 0, on_its_way: 0, in_office: 0, accepted: 0 },
  total: customers.length,
});

describe('the day', () => {
  it('shows groups in the order the device gives them', async () => {
    const today = new TodayState(fakeHost());
    await today.load();
    expect(today.groups.map(({ group }) => group)).toEqual([
      'started',
      'returned',
      'assigned',
      'handed_in',
      'approved',
    ]);
  });

  it('an answer that was overtaken by a newer question is left aside', async () => {
    const answers: ((today: Today) => void)[] = [];
    const host: Host = { ...fakeHost(), today: () => new Promise((resolve) => answers.push(resolve)) };
    const today = new TodayState(host);
    const first = today.load();
    const second = today.load();
    answers[1]?.(list('new'));
    answers[0]?.(list('old'));
    await Promise.all([first, second]);
    expect(today.groups[0]?.rows[0]?.customer).toBe('new');
  });

  it('of thousands only the first are asked for until all are wanted', async () => {
    const asked: TodayAsk[] = [];
    const many = list(...Array.from({ length: 500 }, (_, i) => String(i)));
    const answer = (ask: TodayAsk): Today => {
      asked.push(ask);
      const groups = many.groups.map((group) =>
        ask.whole.includes(group.group) ? group : { ...group, orders: group.orders.slice(0, ask.first) },
      );
      return { ...many, groups };
    };
    const today = new TodayState({ ...fakeHost(), today: (ask) => Promise.resolve(answer(ask)) });
    await today.load();
    expect(today.groups[0]).toMatchObject({ count: 500, hidden: 460 });
    today.showAll('assigned');
    await expect.poll(() => today.groups[0]?.rows.length).toBe(500);
    expect(today.groups[0]?.hidden).toBe(0);
    today.find('1');
    expect(asked.map(({ whole }) => whole)).toEqual([[], ['assigned'], []]);
  });

  it('a failure keeps the list that was there', async () => {
    const host = fakeHost();
    const today = new TodayState(host);
    await today.load();
    host.today = () => Promise.reject(new HostError({ error: 'disk_full' }));
    await today.load();
    expect(today.problem).toEqual({ error: 'disk_full' });
    expect(today.groups).not.toHaveLength(0);
  });
});

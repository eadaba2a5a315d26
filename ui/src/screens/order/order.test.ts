import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import { HostError } from '../../host/host';
import { eventWord, verdictWord } from '../../text/event';
import type { OrderEvent } from '../../host/types';
import { evidenceWords, isInDoubt } from '../names';
import { linesOf } from './lines';
import { OrderState } from './order.svelte';

const open = async (query = '') => {
  const order = new OrderState(fakeHost(new URLSearchParams(query)), 'o-17');
  await order.load();
  return order;
};

describe('an order', () => {
  it('proposes the step the device names and nothing else', async () => {
    const order = await open();
    expect(order.next?.step.id).toBe('new_meter');
    expect(order.may('complete')).toBe(false);
  });

  it('shows what came back after an action', async () => {
    const order = await open('done=new_meter,new_photo,new_reading,seal_photo,seals,signature');
    expect(order.may('complete')).toBe(true);
    expect(await order.act({ action: 'complete' })).toBe(true);
    expect(order.view?.order.state.state).toBe('completed');
    expect(order.may('reopen')).toBe(true);
  });

  it('keeps the picture when the device refuses', async () => {
    const host = fakeHost();
    host.act = () =>
      Promise.reject(new HostError({ error: 'refused', refusal: { code: 'steps_missing', steps: ['seals'] } }));
    const order = new OrderState(host, 'o-17');
    await order.load();
    const before = order.view;
    expect(await order.act({ action: 'complete' })).toBe(false);
    expect(order.view).toBe(before);
    expect(order.problem).toMatchObject({ refusal: { code: 'steps_missing' } });
    expect(order.busy).toBe(false);
  });

  it('tells a done step in one line with the value that matters', async () => {
    const order = await open();
    const step = order.step('old_reading');
    const { value, detail } = step ? evidenceWords(step) : { value: '', detail: '' };
    expect(value.replaceAll('\u00a0', ' ')).toBe('12 345.67 kWh');
    expect(detail.replaceAll('\u00a0', ' ')).toContain('剩余金额 87.65');
  });

  it('tells in a line what became of its card, and a supervisor that it is in doubt', async () => {
    const told = async (done: string) => {
      const order = await open(`card=old&done=new_meter,infrared,${done}`);
      const step = order.step('card');
      const { value, detail } = step ? evidenceWords(step) : { value: '', detail: '' };
      return { words: [value, detail].map((text) => text.replaceAll('\u00a0', ' ')), order, step };
    };
    expect((await told('card')).words).toEqual(['137.65 元', '已写 · 卡 …25D0']);
    expect((await told('card_given_up')).words[0]).toBe('未写');
    const { words, order, step } = await told('card_doubt');
    expect(words).toEqual(['存疑', '断开过，还要再读这张卡 · 卡 …25D0']);
    expect(step && isInDoubt(step)).toBe(true);
    expect(order.view?.anomalies).toContainEqual({ anomaly: 'card_in_doubt', step: 'card' });
    expect(order.view?.next_step).not.toBe('signature');
  });

  it('unfolds the sum on the card, each part with whose word it is', async () => {
    const order = await open('card=old&done=new_meter,infrared,card');
    const lines = linesOf(order.step('card')?.record ?? null);
    expect(lines.map(({ name, value }) => `${name} ${value}`.replaceAll('\u00a0', ' '))).toEqual([
      '开户卡 已写',
      '卡号 6F21 90A4 0B7E 25D0',
      '表号 1234 5678 9012',
      '旧表余额 · 红外抄读 87.65 元',
      '新购电费（第 12 次） · 营销系统 50.00 元',
      '写入卡内金额 137.65 元',
      '购电次数 1',
    ]);
  });

  it('tells of a card and a token in its events without the whole token', async () => {
    const order = await open('card=old&token=23716100501183194197&done=new_meter,infrared,card,token');
    const record = order.step('card')?.record;
    if (record?.record !== 'card' || !order.view) throw new Error('there is no card');
    const { authorisation, seen, plan, outcome } = record;
    const events: OrderEvent[] = [
      { event: 'card_begun', step: 'card', authorisation, seen, plan },
      { event: 'card_ended', step: 'card', authorisation, outcome },
      { event: 'card_ended', step: 'card', authorisation, outcome: { outcome: 'not_written', why: 'untouched', image: '' } },
      { event: 'token_delivered', step: 'token', token: '23716100501183194197' },
    ];
    const picture = order.view.order;
    expect(events.map((event) => eventWord(event, picture).replaceAll('\u00a0', ' '))).toEqual([
      '购电卡：开始写卡 137.65 元（卡 …25D0）',
      '购电卡：已写',
      '购电卡：未写：卡没有动过',
      '购电代码：代码 …4197 已交给客户',
    ]);
  });

  it('that was handed in may be taken back and worked on again, with all it held', async () => {
    const order = await open('done=new_meter,new_photo,new_reading,seal_photo,seals,signature&stands=completed');
    expect(order.may('take_photo')).toBe(false);
    const held = order.view?.order.work;
    expect(await order.act({ action: 'reopen' })).toBe(true);
    expect(order.may('take_photo')).toBe(true);
    expect(order.view?.order.work).toEqual(held);
  });

  it('tells what did not simply count, and why', async () => {
    const { view } = await open('stands=late');
    const told = (view?.order.attention ?? []).map(({ event, verdict }) => [
      view ? eventWord(event, view.order) : '',
      verdictWord(verdict),
    ]);
    expect(told).toEqual([
      ['封印：拆 0 枚，加 1 枚', '迟到：在局里改动之后才到'],
      ['备注：箱门另加一枚封印', '规则不允许：工单现在是“已完成”，不能再做这一步'],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import { HostError } from '../../host/host';
import { eventWord, verdictWord } from '../../text/event';
import { evidenceWords } from '../names';
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

import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import type { Remainder } from '../../host/types';
import { witnesses } from './witnesses';

const said = (source: Remainder['source'], money: string, overdraft = '0.00'): Remainder => ({ source, money, overdraft, count: null });

async function planned() {
  const { plan } = await fakeHost(new URLSearchParams('card=old&done=new_meter,infrared')).card_look('o-17', null);
  if (plan === null) throw new Error('nothing is planned');
  return plan;
}

describe('the other witnesses of what was left', () => {
  it('agree to the fen or are told to differ; the one that counts is none of them', async () => {
    const others = witnesses(await planned(), [said('readout', '87.65'), said('photo', '87.65'), said('office', '87.64')]);
    expect(others).toEqual([
      { source: 'photo', says: '87.65', agrees: true },
      { source: 'office', says: '87.64', agrees: false },
    ]);
  });

  it('of a debt are held against the debt', async () => {
    const plan = await planned();
    plan.parts = [
      { part: 'old_credit', amount: '0.00', source: 'readout' },
      { part: 'debt', amount: '12.30', source: 'readout' },
    ];
    const others = witnesses(plan, [said('photo', '0.00', '12.30'), said('office', '0.00', '12.00'), said('write_back', '0.00')]);
    expect(others.map(({ says, agrees }) => [says, agrees])).toEqual([
      ['-12.30', true],
      ['-12.00', false],
      ['0.00', false],
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import type { CardKind, CardPlan } from '../../host/types';
import { predictionWord, targetWord } from '../../text/card';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

async function planned(change: (plan: CardPlan) => void): Promise<CardPlan> {
  const { plan } = await fakeHost(new URLSearchParams('card=old&done=new_meter,infrared')).card_look('o-17', null);
  if (plan === null) throw new Error('nothing is planned');
  change(plan);
  return plan;
}

describe('a card that will be written', () => {
  it.each<[CardKind, string]>([
    ['open_account', '新表会接受：开户，充值 137.65 元，第 1 次'],
    ['purchase', '电表会接受：购电，充值 137.65 元，第 1 次'],
    ['replacement', '电表会接受：补卡，充值 137.65 元，第 1 次'],
  ])('of kind %s is said to be taken by the meter it is for', async (kind, said) => {
    const plan = await planned(({ card }) => (card.user_file.kind = kind));
    expect(plain(predictionWord(plan))).toBe(said);
  });

  it('without money is said to bring none', async () => {
    const plan = await planned((one) => {
      one.total = '0.00';
      one.card.purse = { money: '0.00', count: 0 };
      one.predicted.answer = { answer: 'already_done' };
    });
    expect(predictionWord(plan)).toBe('新表会接受：开户，不充值');
    expect(plain(targetWord(plan))).toBe('开户卡 · 表 1234 5678 9012 · 不带金额');
  });
});

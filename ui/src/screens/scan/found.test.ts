import { describe, expect, it } from 'vitest';
import { FakeEyes } from '../../host/fake/eyes';
import type { AssetView } from '../../host/types';
import { inPieces, kindOf, outlined, sorted } from './found';

const read = (text: string): AssetView =>
  /^\d{22}$/.test(text)
    ? { asset: 'valid', asset_no: text, kind: 'meter', known: 'no' }
    : { asset: 'invalid', fault: { fault: 'length', digits: 22 } };
const seen = (query: string) => sorted(new FakeEyes(new URLSearchParams(query)).scan(read), null, 'camera', null);
const [a, b] = ['4130001000000000000012', '3330001001234567890124'];

describe('codes on a picture', () => {
  it('keep the device’s order and are counted where there are several', () => {
    const both = seen(`seen=${b}@0:0:9:9,${a}@20:20:9:9`);
    expect(both.found.map(({ asset_no }) => asset_no)).toEqual([b, a]);
    expect(outlined(both).map(({ no }) => no)).toEqual([1, 2]);
    expect(outlined(seen(`seen=${b}`)).map(({ no }) => no)).toEqual([undefined]);
  });

  it('that say the same number are one, and the one that needs no proof speaks', () => {
    const { found } = seen(`seen=${a}~,${a}`);
    expect(found.map(({ code }) => code.by)).toEqual(['decoder']);
  });

  it('that are no number are outlined beside them', () => {
    const { found, others } = seen(`seen=${a},weixin://x`);
    expect([found.length, others.map(({ text }) => text)]).toEqual([1, ['weixin://x']]);
    expect(outlined({ found, others }).map(({ tone }) => tone)).toEqual(['warn', 'plain']);
  });

  it('say what they are', () => {
    const texts = ['metercrew:enrol', 'https://example.com', '0013 3342', 'SN-A1'];
    expect(texts.map(kindOf)).toEqual(['enrol', 'link', 'digits', 'text']);
  });

  it('are compared in fours that together are the whole number', () => {
    expect(inPieces(a)).toEqual(['4130', '0010', '0000', '0000', '0000', '12']);
    expect(inPieces(a).join('')).toBe(a);
  });
});

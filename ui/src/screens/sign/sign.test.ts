import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import { HostError, type Host } from '../../host/host';
import type { Drawing } from '../../widgets/stroke';
import { drawingOf, SignState, strokesOf } from './sign.svelte';

const drawing: Drawing = {
  width: 400,
  height: 200,
  strokes: [
    [
      { x: 10, y: 20.5, t_ms: 0 },
      { x: 300, y: 80, t_ms: 90 },
    ],
  ],
};
const open = async (host: Host = fakeHost()) => {
  const sign = new SignState(host, 'o-17', 'signature');
  await sign.load();
  return sign;
};

describe('a signature', () => {
  it('is kept point by point', () => {
    expect(drawingOf(strokesOf(drawing))).toEqual(drawing);
    expect(drawingOf('damaged')).toEqual({ width: 0, height: 0, strokes: [] });
  });

  it('is there after a kill, on the pad', async () => {
    const host = fakeHost();
    const sign = await open(host);
    sign.draw(drawing);
    await sign.draft.settled();
    const again = await open(host);
    expect(again.drawing).toEqual(drawing);
    expect(again.stage).toBe('pad');
    expect(again.drawn).toBe(true);
  });

  it('is not carried over to another form', async () => {
    const host = fakeHost();
    const sign = await open(host);
    sign.draw(drawing);
    await sign.draft.settled();
    const form = await host.form('o-17');
    const again = await open({ ...host, form: () => Promise.resolve({ ...form, hash: '00'.repeat(32) }) });
    expect(again.drawing.strokes).toEqual([]);
  });

  it('goes under exactly the form that was shown', async () => {
    const sign = await open(fakeHost(new URLSearchParams('done=new_meter,new_photo,new_reading,seal_photo,seals')));
    sign.draw(drawing);
    expect(await sign.submit()).toBe(true);
    expect(sign.view?.record).toMatchObject({ form_hash: sign.form?.hash, signer: '李秀兰' });
  });

  it('when the form changed meanwhile, the new one is shown and signed anew', async () => {
    const host = fakeHost();
    const sign = await open({
      ...host,
      act: () => Promise.reject(new HostError({ error: 'refused', refusal: { code: 'form_changed' } })),
    });
    sign.draw(drawing);
    sign.show('pad');
    expect(await sign.submit()).toBe(false);
    expect(sign.stage).toBe('form');
    expect(sign.drawing.strokes).toEqual([]);
    expect(sign.problem).toMatchObject({ refusal: { code: 'form_changed' } });
  });
});

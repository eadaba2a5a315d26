import { describe, expect, it } from 'vitest';
import type { Host } from '../host/host';
import { asText, Draft, field } from './draft';

function host() {
  const kept = new Map<string, string>();
  const writes: string[] = [];
  const release: (() => void)[] = [];
  const part: Pick<Host, 'draft' | 'save_draft'> = {
    draft: (order, step) => Promise.resolve(kept.get(`${order}/${step}`) ?? null),
    save_draft: (order, step, text) => {
      if (text === null) return Promise.resolve(void kept.delete(`${order}/${step}`));
      return new Promise((resolve) => {
        release.push(() => {
          kept.set(`${order}/${step}`, text);
          writes.push(text);
          resolve();
        });
      });
    },
  };
  return { kept, writes, release, part };
}

describe('a draft', () => {
  it('writes one at a time and always the newest', async () => {
    const device = host();
    const draft = new Draft(device.part, 'o', 's');
    draft.save('1');
    draft.save('12');
    draft.save('123');
    device.release.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
    device.release.shift()?.();
    await draft.settled();
    expect(device.writes).toEqual(['"1"', '"123"']);
  });

  it('comes back after a kill, and damaged ones come back as nothing', async () => {
    const device = host();
    device.kept.set('o/s', '{"total":"12"}');
    expect(await new Draft(device.part, 'o', 's').load((value) => asText(field(value, 'total')))).toBe('12');
    device.kept.set('o/s', '{"tot');
    expect(await new Draft(device.part, 'o', 's').load((value) => asText(field(value, 'total'), 'none'))).toBe('none');
  });

  it('is gone once it was confirmed', async () => {
    const device = host();
    device.kept.set('o/s', '"1"');
    const draft = new Draft(device.part, 'o', 's');
    await draft.drop();
    draft.save('2');
    expect(device.kept.size).toBe(0);
    expect(device.release).toEqual([]);
  });
});

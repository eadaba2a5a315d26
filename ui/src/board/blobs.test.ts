import { expect, it, vi } from 'vitest';
import { Blobs } from './blobs';

const bytes = (size: number) => Promise.resolve(new Blob([new Uint8Array(size)]));

it('a photo asked for twice is fetched once', async () => {
  const fetch = vi.fn(() => bytes(10));
  const blobs = new Blobs(fetch);
  expect(await blobs.url('a')).toBe(await blobs.url('a'));
  expect(fetch).toHaveBeenCalledTimes(1);
});

it('the longest unseen goes first, and its address with it', async () => {
  const revoke = vi.spyOn(URL, 'revokeObjectURL');
  const fetch = vi.fn(() => bytes(40));
  const blobs = new Blobs(fetch, 100);
  const a = await blobs.url('a');
  const b = await blobs.url('b');
  await blobs.url('a');
  await blobs.url('c');
  expect(revoke.mock.calls).toEqual([[b]]);
  expect(await blobs.url('a')).toBe(a);
  expect(fetch).toHaveBeenCalledTimes(3);
  revoke.mockRestore();
});

it('what failed is fetched anew', async () => {
  let down = true;
  const blobs = new Blobs(() => (down ? Promise.reject(new Error('down')) : bytes(1)));
  await expect(blobs.url('a')).rejects.toThrow();
  down = false;
  await expect(blobs.url('a')).resolves.toMatch(/^blob:/);
});

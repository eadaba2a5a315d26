import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import { EnrolState } from './enrol.svelte';

const open = (query: string) => {
  const calls = { done: 0 };
  return { calls, enrol: new EnrolState(fakeHost(new URLSearchParams(query)), () => (calls.done += 1)) };
};

describe('enrolment', () => {
  it('by the code on a picture', async () => {
    const { calls, enrol } = open('enrolled=0&seen=metercrew:enrol');
    await enrol.file(new Blob(['made up']));
    expect(calls.done).toBe(1);
  });

  it('a used code keeps what was typed and says why', async () => {
    const { calls, enrol } = open('enrolled=0');
    enrol.code = 'used';
    enrol.gateway = 'https://gateway.example';
    await enrol.typed();
    expect(calls.done).toBe(0);
    expect(enrol.problem).toEqual({ error: 'enrol', why: 'code_unknown' });
    expect(enrol.code).toBe('used');
    expect(enrol.busy).toBe(false);
  });

  it('a picture without a code says so', async () => {
    const { enrol } = open('enrolled=0');
    await enrol.file(new Blob(['made up']));
    expect(enrol.nothing).toBe(true);
  });
});

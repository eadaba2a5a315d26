import { describe, expect, it } from 'vitest';
import { fakeHost } from '../../host/fake';
import { SealsState } from './seals.svelte';

const open = async (host = fakeHost()) => {
  const seals = new SealsState(host, 'o-17', 'seals');
  await seals.load();
  return seals;
};

describe('seals', () => {
  it('those on record are offered until they are recorded as removed', async () => {
    const seals = await open();
    expect(seals.known).toEqual(['00171101']);
    seals.add('removed', '00171101');
    expect(seals.known).toEqual([]);
  });

  it('a number is on the list once, however it was typed', async () => {
    const seals = await open();
    seals.add('added', '0017 3343');
    seals.add('added', '00173343');
    seals.add('added', '  ');
    expect(seals.added.map(({ seal_no }) => seal_no)).toEqual(['00173343']);
    expect(seals.missing).toBe(0);
  });

  it('a number still in the field counts as entered', async () => {
    const seals = await open();
    seals.add('removed', '00171101');
    seals.type('added', '00173343');
    expect(await seals.submit()).toBe(true);
    expect(seals.view?.record).toMatchObject({ added: [{ seal_no: '00173343', place: 'cover' }] });
  });

  it('an old seal that was left out is asked about', async () => {
    const seals = await open();
    seals.add('added', '00173343');
    expect(await seals.submit()).toBe(false);
    expect(seals.questions.map(({ check }) => check)).toEqual(['old_seals_recorded']);
    seals.reason('old_seals_recorded', 'was not there');
    seals.confirmed['old_seals_recorded'] = true;
    expect(await seals.submit()).toBe(true);
  });

  it('lists, places and half a number are there after a kill', async () => {
    const host = fakeHost();
    const seals = await open(host);
    seals.add('added', '00173343');
    seals.place('added', '00173343', 'box');
    seals.type('removed', '0017');
    await seals.draft.settled();
    const again = await open(host);
    expect(again.added).toEqual([{ seal_no: '00173343', place: 'box' }]);
    expect(again.typing.removed).toBe('0017');
  });
});

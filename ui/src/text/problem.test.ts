import { afterEach, describe, expect, it } from 'vitest';
import type { CardRefusal } from '../host/bindings/CardRefusal';
import type { ErrCause } from '../host/bindings/ErrCause';
import type { Failure } from '../host/bindings/Failure';
import type { Refusal } from '../host/bindings/Refusal';
import { refusalWord, sentence } from './problem';
import { language } from './text.svelte';

const asset_no = '4130001000000000000012';
const serial = '6f2190a40b7e25d0';
const numbers = { expected: '000012345678', found: '000087654321' };
const err = { cause: 'purchase_count', err_2013: 34, err_2009: 13 } as const;
const cards: CardRefusal[] = [
  { code: 'already_opened' },
  { code: 'wrong_new_meter', ...numbers },
  { code: 'wrong_customer', ...numbers },
  { code: 'wrong_old_meter', ...numbers },
  { code: 'remainder_unknown' },
  { code: 'remainder_impossible', source_of: 'photo' },
  { code: 'purchase_negative', count: 12 },
  { code: 'count_unknown', count: 12 },
  { code: 'purchase_differs', count: 12, one: '50.00', other: '60.00' },
  { code: 'purchase_missing', missing: 11 },
  { code: 'count_contradicts', count: 12 },
  { code: 'too_much' },
  { code: 'no_task' },
  { code: 'no_meter' },
  { code: 'meter_no_unknown' },
  { code: 'ground_changed' },
  { code: 'not_authorised' },
  { code: 'authorisation_used' },
  { code: 'not_theirs' },
  { code: 'not_signed' },
  { code: 'not_yet_valid', from: 1_786_000_000_000 },
  { code: 'expired', at: 1_786_000_000_000 },
  { code: 'card_not_authorised', serial },
  { code: 'carried_too_much', most: '50.00', found: '87.65' },
  { code: 'purchase_unread', count: 11 },
  { code: 'in_doubt' },
  { code: 'not_begun' },
  { code: 'meter_would_refuse', err },
  { code: 'meter_would_not_credit', meter_count: 1 },
];
const CAUSES: ErrCause[] = [
  'supply_low',
  'card_reset',
  'unissued',
  'wrong_type',
  'key_state',
  'meter_number',
  'customer_number',
  'card_serial',
  'file_format',
  'purchase_in_unopened',
  'replacement_in_unopened',
  'purchase_count',
  'write_back_not_empty',
  'open_account_used',
  'over_limit',
];
/** Every code of a card, a reader and a write, as the device has them. */
const TROUBLES = [
  'reader_no_service',
  'reader_missing',
  'reader_failed',
  'card_missing',
  'card_mute',
  'card_busy',
  'card_not_ours',
  'card_outcome_unknown',
  'card_damaged',
  'card_unknown_layout',
  'card_short_file',
  'card_blocked',
  'card_wrong',
  'card_swapped',
  'card_refuses_keys',
  'card_refuses_mac',
  'card_not_authenticated',
  'card_unexpected_status',
  'card_bad_answer',
  'card_out_of_reach',
  'card_not_issued',
  'card_other_kind',
  'card_changed',
  'write_in_doubt',
  'card_foreign',
  'card_spent',
  'card_faulty',
  'write_closed',
  'write_not_abandonable',
  'write_unsound',
  'journal_failed',
  'security_absent',
  'security_refused',
  'security_cut_off',
];
const refusals: Refusal[] = [
  ...cards.map((refusal): Refusal => ({ code: 'card', refusal })),
  { code: 'wrong_token' },
  { code: 'wrong_state', state: 'approved' },
  { code: 'not_this_crew', crew: 'c' },
  { code: 'unknown_order' },
  { code: 'unknown_version', version: 9 },
  { code: 'unknown_step', step: 's' },
  { code: 'wrong_step', step: 's' },
  { code: 'steps_missing', steps: ['a', 'b'] },
  { code: 'photos_first', step: 's', min: 1 },
  { code: 'photo_twice', photo: 'p' },
  { code: 'unknown_photo', photo: 'p' },
  { code: 'wrong_asset', expected: asset_no, found: asset_no },
  { code: 'old_and_new_swapped', asset_no },
  { code: 'wrong_kind', asset_no, found: 'terminal' },
  { code: 'wrong_model', asset_no },
  { code: 'not_in_custody', asset_no, holder: { at: 'with_crew', crew: 'c' } },
  { code: 'not_in_custody', asset_no, holder: { at: 'installed', account_no: '4101234567' } },
  { code: 'bound_elsewhere', asset_no, account_no: null },
  { code: 'bound_elsewhere', asset_no, account_no: '4101234567' },
  { code: 'read_unproved', asset_no },
  { code: 'unknown_asset', asset_no },
  { code: 'not_on_issue_list', asset_no },
  { code: 'already_picked_up', asset_no },
  { code: 'register_missing', register: 'forward_t2' },
  { code: 'register_twice', register: 'forward_t2' },
  { code: 'beyond_digits', register: 'forward_total', digits: { integer: 6, decimal: 2 } },
  { code: 'not_in_readout', register: 'forward_t2' },
  { code: 'readout_too_long', limit: 64 },
  { code: 'needs_reason', questions: [] },
  { code: 'seal_without_number' },
  { code: 'seal_twice', seal_no: '00171101' },
  { code: 'seals_missing', min: 2 },
  { code: 'meters_missing' },
  { code: 'meter_not_on_terminal', asset_no },
  { code: 'meter_twice', asset_no },
  { code: 'bad_measuring_point', limit: 2040 },
  { code: 'form_changed' },
  { code: 'unknown_reason', reason: 'r' },
  { code: 'text_missing' },
  { code: 'text_too_long', limit: 500 },
];
const UNREAD = [
  'meter_silent',
  'meter_echo_only',
  'meter_noise',
  'several_meters',
  'other_meter',
  'cancelled',
  'port_bad_name',
  'port_not_found',
  'port_busy',
  'port_denied',
  'port_gone',
  'port_settings',
  'port_failed',
];
const failures: Failure[] = [
  ...refusals.map((refusal): Failure => ({ error: 'refused', refusal })),
  ...[
    'not_an_image',
    'picture_truncated',
    'picture_too_large',
    'picture_file_too_large',
    'picture_format_unsupported',
    'picture_broken',
    'something_new',
  ].map((why): Failure => ({
    error: 'picture',
    why,
    size: [20000, 10000],
  })),
  ...['empty', 'too_large'].map((why): Failure => ({ error: 'signature', why })),
  ...['code_unknown', 'code_expired', 'no_link', 'not_a_code', 'something_new'].map((why): Failure => ({
    error: 'enrol',
    why,
  })),
  ...[...UNREAD, 'something_new'].map((why): Failure => ({ error: 'meter', why, found: '000000000002' })),
  ...[...TROUBLES, 'something_new'].map((why): Failure => ({ error: 'card', why, wanted: serial, in_doubt: true })),
  { error: 'disk_full' },
  { error: 'not_found' },
  { error: 'store', detail: 'x' },
];

describe('a refusal or failure', () => {
  afterEach(() => {
    language.now = 'zh';
  });

  it.each(['zh', 'en'] as const)('is a whole sentence with something to do, every one of them (%s)', (lang) => {
    language.now = lang;
    for (const failure of [...failures, { error: 'unexpected', detail: 'x' } as const]) {
      const { text, next } = sentence(failure);
      for (const part of [text, next]) expect(part, JSON.stringify(failure)).toMatch(/^[^{}]{4,}$/);
    }
  });

  it.each(['zh', 'en'] as const)('can be told in one line later on (%s)', (lang) => {
    language.now = lang;
    for (const refusal of refusals) expect(refusalWord(refusal), refusal.code).toMatch(/^[^{}]{4,}$/);
    const told = refusalWord({ code: 'wrong_asset', expected: asset_no, found: '4130001000000000000029' });
    expect(told.replaceAll('\u00a0', ' ')).toContain('41 3 00 01 00000000000002 9');
  });

  it.each(['zh', 'en'] as const)('each way a meter is not read has words and a next step of its own (%s)', (lang) => {
    language.now = lang;
    const said = UNREAD.map((why) => sentence({ error: 'meter', why, found: '000000000002' }));
    expect(new Set(said.map(({ text }) => text)).size).toBe(UNREAD.length);
    expect(new Set(said.map(({ next }) => next)).size).toBe(UNREAD.length);
    for (const [at, { text }] of said.entries()) expect(text).not.toContain(UNREAD[at]);
    expect(said[4]?.text).toContain('000000000002');
  });

  it.each(['zh', 'en'] as const)('each trouble with a card, and each reason to write none, has words and a next step of its own (%s)', (lang) => {
    language.now = lang;
    const troubles = TROUBLES.map((why) => sentence({ error: 'card', why, wanted: serial, in_doubt: false }));
    const refused = cards.map((refusal) => sentence({ error: 'refused', refusal: { code: 'card', refusal } }));
    for (const said of [troubles, refused])
      for (const part of ['text', 'next'] as const)
        expect(new Set(said.map((one) => one[part])).size, part).toBe(said.length);
    for (const [at, { text }] of troubles.entries()) expect(text).not.toContain(TROUBLES[at]);
  });

  it('says which card has to come, by the number that is on it', () => {
    const { next } = sentence({ error: 'card', why: 'card_wrong', wanted: serial, in_doubt: true });
    expect(next.replaceAll('\u00a0', ' ')).toContain('6F21 90A4 0B7E 25D0');
  });

  it("tells a meter's refusal in the meter's own terms, each cause with what to do about it", () => {
    const said = CAUSES.map((cause) =>
      sentence({ error: 'refused', refusal: { code: 'card', refusal: { code: 'meter_would_refuse', err: { ...err, cause } } } }),
    );
    for (const { text } of said) expect(text).toContain('Err-34（2013）、Err-13（2009）');
    expect(new Set(said.map(({ next }) => next)).size).toBe(CAUSES.length);
    const unnumbered = { cause: 'meter_number', err_2013: 33, err_2009: null } as const;
    const one = sentence({ error: 'refused', refusal: { code: 'card', refusal: { code: 'meter_would_refuse', err: unnumbered } } });
    expect(one.text).toContain('Err-33（2013）');
    expect(one.text).not.toContain('2009');
  });

  it('names numbers as people read them', () => {
    const { next } = sentence({
      error: 'refused',
      refusal: { code: 'bound_elsewhere', asset_no, account_no: '4101234567' },
    });
    expect(next.replaceAll('\u00a0', ' ')).toContain('41 3 00 01 00000000000001 2 装在户号 4101 2345 67 处运行');
  });
});

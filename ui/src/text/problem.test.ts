import { afterEach, describe, expect, it } from 'vitest';
import type { Failure } from '../host/bindings/Failure';
import type { Refusal } from '../host/bindings/Refusal';
import { refusalWord, sentence } from './problem';
import { language } from './text.svelte';

const asset_no = '4130001000000000000012';
const refusals: Refusal[] = [
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

  it('names numbers as people read them', () => {
    const { next } = sentence({
      error: 'refused',
      refusal: { code: 'bound_elsewhere', asset_no, account_no: '4101234567' },
    });
    expect(next.replaceAll('\u00a0', ' ')).toContain('41 3 00 01 00000000000001 2 装在户号 4101 2345 67 处运行');
  });
});

// The device behind the screens, in the same process: Tauri commands, events and the photo scheme.
import { convertFileSrc, invoke, type InvokeArgs } from '@tauri-apps/api/core';
import { listen, type UnlistenFn } from '@tauri-apps/api/event';
import { HostError, type Host, type PhotoVariant, type Problem } from './host';
import { pageCameras } from './page_camera';
import type { CardStep, Changed, MeterProgress, Place, SyncView } from './types';

const FAILURES = ['refused', 'picture', 'signature', 'enrol', 'meter', 'card', 'disk_full', 'not_found', 'store'];

/** Every command of the device, by the name both sides use. */
async function call<T>(command: string, args: InvokeArgs = {}, headers: Record<string, string> = {}): Promise<T> {
  try {
    return await invoke<T>(command, args, { headers });
  } catch (error) {
    throw new HostError(problem(error));
  }
}

function problem(error: unknown): Problem {
  if (typeof error === 'object' && error !== null && 'error' in error && FAILURES.includes(String(error.error)))
    return error as Problem;
  return { error: 'unexpected', detail: typeof error === 'string' ? error : JSON.stringify(error) };
}

function heard<T>(event: string, tell: (payload: T) => void): () => void {
  let stop: UnlistenFn | null = null;
  let over = false;
  void listen<T>(event, ({ payload }) => tell(payload)).then((unlisten) => {
    if (over) unlisten();
    else stop = unlisten;
  });
  return () => {
    over = true;
    stop?.();
  };
}

/** `34.771,113.672` in ten-millionths, and its accuracy: how a place travels in a header. */
function placeHeader(place: Place | null): Record<string, string> {
  return place ? { place: JSON.stringify(place) } : {};
}

const scan_image: Host['scan_image'] = (picture, order, effort, aim) =>
  call('scan_image', picture, {
    effort,
    ...(order === null ? {} : { order: encodeURIComponent(order) }),
    ...(aim === null ? {} : { aim: JSON.stringify(aim) }),
  });

/** The host of the real app. */
export const tauriHost: Host = {
  status: () => call('status'),
  enrol: (link_or_code, gateway, device_name) => call('enrol', { link_or_code, gateway, device_name }),
  save_route: (route) => call('save_route', { route }),
  save_settings: (settings) => call('save_settings', { settings }),
  save_draft: (order, step, text) => call('save_draft', { order, step, text }),
  draft: (order, step) => call('draft', { order, step }),
  today: (ask) => call('today', { ask }),
  order: (order) => call('order', { order }),
  act: (order, action) => call('act', { order, action }),
  cameras: pageCameras(scan_image),
  scan_image,
  read_display: ({ photo, order, step, register, known, frame }) =>
    // No bytes: the photo lies with the device already.
    call('read_display', new Uint8Array(), {
      photo,
      order: encodeURIComponent(order),
      step: encodeURIComponent(step),
      register,
      ...(known === null ? {} : { known }),
      ...(frame === null ? {} : { frame: JSON.stringify(frame) }),
    }),
  read_asset_no: (text, order) => call('read_asset_no', { text, order }),
  prepare_photo: (picture, purpose, place) => call('prepare_photo', picture, { purpose, ...placeHeader(place) }),
  form: (order) => call('form', { order }),
  save_strokes: (strokes) => call('save_strokes', { strokes }),
  cabinet: () => call('cabinet'),
  cabinet_scan: (ask) => call('cabinet_scan', { ask }),
  meter_ports: () => call('meter_ports'),
  read_meter: (order, port) => call('read_meter', { order, port }),
  cancel_meter: () => call('cancel_meter'),
  card_look: (order_id, shown) => call('card_look', { order_id, shown }),
  card_write: (order_id, shown) => call('card_write', { order_id, shown }),
  card_set_aside: (order_id, aside) => call('card_set_aside', { order_id, aside }),
  card_give_up: (order_id) => call('card_give_up', { order_id }),
  sync: () => call('sync'),
  sync_now: () => call('sync_now'),
  export_diagnostics: () => call('export_diagnostics'),
  open_desk: () => call('open_desk'),
  // Only the scheme's own path is used: convertFileSrc knows how each system spells it.
  photo_url: (hash: string, variant: PhotoVariant) =>
    `${convertFileSrc('', 'photo').replace(/\/$/, '')}/${variant}/${hash}`,
  on_changed: (tell: (changed: Changed) => void) => heard('changed', tell),
  on_meter: (tell: (progress: MeterProgress) => void) => heard('meter', tell),
  on_card: (tell: (step: CardStep) => void) => heard('card', tell),
  on_scanner: (tell: (code: string) => void) => heard('scanner', tell),
  on_sync: (tell: (view: SyncView) => void) => heard('sync', tell),
};

// Where the crew is in the app, and how that is written down: `order/o-17/old_reading`.

/** A screen and what it is about. */
export type Place =
  | { screen: 'enrol' }
  | { screen: 'today' }
  | { screen: 'order'; order_id: string }
  | { screen: 'step'; order_id: string; step_id: string }
  | { screen: 'meter'; order_id: string; step_id: string }
  | { screen: 'could_not'; order_id: string }
  | { screen: 'pick_up' }
  | { screen: 'return' }
  | { screen: 'sync' }
  | { screen: 'settings' };

/** The last part of the route of an order that cannot be done; no step is called so. */
const COULD_NOT = '!could-not';

/** The last part of the route of a step whose meter is being read. */
const METER = '!meter';

/** The place as the device keeps it. */
export function routeOf(place: Place): string {
  switch (place.screen) {
    case 'order':
      return `order/${encodeURIComponent(place.order_id)}`;
    case 'step':
      return `order/${encodeURIComponent(place.order_id)}/${encodeURIComponent(place.step_id)}`;
    case 'meter':
      return `order/${encodeURIComponent(place.order_id)}/${encodeURIComponent(place.step_id)}/${METER}`;
    case 'could_not':
      return `order/${encodeURIComponent(place.order_id)}/${COULD_NOT}`;
    default:
      return place.screen;
  }
}

/** The place of a route; what an older app wrote and this one does not know is the day. */
export function placeOf(route: string | null): Place {
  const [screen, order, step, over] = (route ?? '').split('/');
  switch (screen) {
    case 'order': {
      if (!order) return { screen: 'today' };
      const order_id = decodeURIComponent(order);
      if (step === COULD_NOT) return { screen: 'could_not', order_id };
      if (!step) return { screen: 'order', order_id };
      return { screen: over === METER ? 'meter' : 'step', order_id, step_id: decodeURIComponent(step) };
    }
    case 'pick_up':
    case 'return':
    case 'sync':
    case 'settings':
      return { screen };
    default:
      return { screen: 'today' };
  }
}

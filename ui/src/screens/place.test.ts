import { describe, expect, it } from 'vitest';
import { placeOf, routeOf, type Place } from './place';

const places: Place[] = [
  { screen: 'today' },
  { screen: 'order', order_id: 'o/17 甲' },
  { screen: 'step', order_id: 'o-17', step_id: 'old_reading' },
  { screen: 'meter', order_id: 'o-17', step_id: 'old_reading' },
  { screen: 'could_not', order_id: 'o-17' },
  { screen: 'pick_up' },
  { screen: 'return' },
  { screen: 'sync' },
  { screen: 'settings' },
];

describe('the place of the crew', () => {
  it.each(places)('comes back from its route: $screen', (place) => {
    expect(placeOf(routeOf(place))).toEqual(place);
  });

  it.each([null, '', 'nonsense/1', 'order/'])('an unknown route (%s) is the day', (route) => {
    expect(placeOf(route)).toEqual({ screen: 'today' });
  });
});

// A meter of our own at the end of a real pty: what a probe on the tablet would reach.
import { readFileSync } from 'node:fs'

import { until } from '../../../scripts/children.mjs'
import { program } from '../../../scripts/places.mjs'

/**
 * Starts a meter that holds `values` (register → value, address, …) on a line with `faults`.
 * Answers with what to end it by, and with the port the tablet opens.
 */
export async function startMeter(children, log, { values = {}, faults = [], protocol = 'dlt645' } = {}) {
  const set = Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const wrong = faults.flatMap((fault) => ['--fault', fault])
  const asked = ['meter', 'simulate', '--port', 'pty', '--protocol', protocol, '--json', ...set, ...wrong]
  const child = children.start(program('metercrew'), asked, { log })
  const port = await until('the meter is at a port', () => /"port":"([^"]+)"/.exec(readFileSync(log, 'utf8'))?.[1])
  return { child, port }
}

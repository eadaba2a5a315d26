// Measures the app's window with 5,000 orders in its store against an empty window of the same framework
// and size: from the start of the process to the first screen, and memory. One JSON line a figure, the
// median of several runs; each run on standard error. What was seen is kept in target/bench/.
//
// Both are watched from outside, on a virtual display of their own. A first run, not counted, shows what
// the window's screen is once it has come to rest. In the others the first screen is there when the display
// begins to show the same; memory is read when nothing on it has changed for two seconds.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'

import { Children, lastLines } from './children.mjs'
import { watchedDisplay } from './framebuffer.mjs'
import { optimised, target } from './places.mjs'

const ORDERS = 5_000
const RUNS = 7
/** Both windows fill the display: its size is theirs. */
const SIZE = [1280, 800]
/** Nothing changed for so long: what is on the screen stays. */
const QUIET_MS = 2_000
/** The same for the first run, which has nothing to compare its screen with. */
const FIRST_QUIET_MS = 6_000
/** Share of the pixels that may still change after the first screen: a scroll bar fades away. */
const SPARE = 0.001
/** A run that takes longer is broken. */
const DEADLINE_MS = 60_000
/** As the windows' other tests have it: no key store, accessibility bus or portal of whoever runs this. */
const apart = {
  METERCREW_KEY: 'file',
  DBUS_SESSION_BUS_ADDRESS: 'disabled:',
  NO_AT_BRIDGE: '1',
  GTK_USE_PORTAL: '0',
  // the made-up district's clocks
  TZ: 'Asia/Shanghai',
}

const out = join(target, 'bench')
mkdirSync(out, { recursive: true })
const home = mkdtempSync(join(out, 'window-'))
const children = new Children()

process.once('exit', () => {
  children.killAll()
  rmSync(home, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(3))

try {
  const filled = join(home, 'filled')
  execFileSync(optimised('examples/fill_store'), [filled, String(ORDERS)])
  const windows = { empty: optimised('examples/empty_window'), app: optimised('metercrew-app') }
  const [runs, screens] = [{ empty: [], app: [] }, {}]
  for (let run = 0; run <= RUNS; run += 1) {
    // in turn, so that a machine that slows down slows both
    for (const [name, binary] of Object.entries(windows)) {
      const { frame, ...figures } = await measured(binary, filled, { name, run, like: screens[name] })
      console.error(`window ${name} ${run}: ${JSON.stringify(figures)}, load ${loadavg()[0]}`)
      if (run === 0) screens[name] = frame
      else runs[name].push(figures)
    }
  }
  report('first_screen', 'ms', runs, ({ first_screen_ms }) => first_screen_ms)
  report('window_memory', 'pss_mib', runs, ({ pss_mib }) => pss_mib)
} catch (error) {
  console.error(`bench_window: ${error.message}`)
  process.exitCode = 1
} finally {
  await children.endAll()
}

/** One start of a window, on a display and with a store that nobody has used. */
async function measured(binary, filled, { name, run, like }) {
  const folder = join(home, `${name}-${run}`)
  const data = join(folder, 'data')
  cpSync(filled, data, { recursive: true })
  const screen = await watchedDisplay(children, folder, SIZE)
  const log = join(folder, 'window.log')
  const started = performance.now()
  const child = children.start(binary, [], { log, env: { ...apart, DISPLAY: screen.name, METERCREW_DATA: data } })
  const settled = screen.settled({
    like,
    quiet_ms: like === undefined ? FIRST_QUIET_MS : QUIET_MS,
    spare: SPARE,
    deadline_ms: DEADLINE_MS,
    over: () => child.code !== undefined,
  })
  const { frame, drawnAt } = await settled.finally(() => screen.save(join(out, `window-${name}.bmp`)))
  const pss_kib = family(child.pid).reduce((sum, pid) => sum + pss(pid), 0)
  // it says there why it shows something else than the day
  if (lastLines(log).includes('metercrew-app:')) throw new Error(lastLines(log))
  await children.endAll()
  rmSync(folder, { recursive: true, force: true })
  return { frame, first_screen_ms: Math.round(drawnAt - started), pss_mib: Math.round(pss_kib / 1024) }
}

/** Prints the medians and their ratio. */
function report(bench, unit, runs, of) {
  const [app, empty] = [median(runs.app.map(of)), median(runs.empty.map(of))]
  const ratio = Number((app / empty).toFixed(2))
  console.log(JSON.stringify({ bench, orders: ORDERS, [`app_${unit}`]: app, [`empty_${unit}`]: empty, ratio }))
}

function median(figures) {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]
}

/** A process and all it started. */
function family(pid) {
  const started = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(/\s+/).filter(Boolean).map(Number),
  )
  return [pid, ...started.flatMap(family)]
}

/** A process's share of memory, shared pages divided among those who share them. Unit: KiB. */
function pss(pid) {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1])
}

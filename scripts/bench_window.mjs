// Measures the app's window with 5,000 orders against an empty window of the same framework:
// from the start of the process to the first screen, and resident memory. One JSON line a figure.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { Builder, Capabilities } from 'selenium-webdriver'

import { Children, display, freePort, listens, until } from './children.mjs'
import { command, root } from './places.mjs'

const ORDERS = 5_000
const RUNS = 7
const built = join(resolve(root, process.env.CARGO_TARGET_DIR ?? 'target'), 'release')
const home = mkdtempSync(join(tmpdir(), 'metercrew-bench-'))
const children = new Children()

try {
  execFileSync(join(built, 'examples', 'fill_store'), [join(home, 'data'), String(ORDERS)])
  const screen = await display(children, join(home, 'xvfb.log'), [1280, 900])
  const runs = { app: [], empty: [] }
  // in turn, so that a machine that slows down slows both
  for (let run = 0; run < RUNS; run += 1) {
    runs.app.push(await measure(join(built, 'metercrew-app'), screen.name))
    runs.empty.push(await measure(join(built, 'examples', 'empty_window'), screen.name))
  }
  report('first_screen', 'ms', runs, ({ first_screen_ms }) => first_screen_ms)
  report('window_memory', 'mib', runs, ({ pss_mib }) => pss_mib)
} finally {
  await children.endAll()
  rmSync(home, { recursive: true, force: true })
}

function report(bench, unit, runs, of) {
  const [app, empty] = [median(runs.app.map(of)), median(runs.empty.map(of))]
  const ratio = Number((app / empty).toFixed(2))
  console.log(JSON.stringify({ bench, orders: ORDERS, [`app_${unit}`]: app, [`empty_${unit}`]: empty, ratio }))
}

function median(figures) {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]
}

async function measure(binary, screen) {
  const port = await freePort()
  const child = children.start(command('WebKitWebDriver'), ['--host=127.0.0.1', `--port=${port}`], {
    log: join(home, 'driver.log'),
    env: {
      DISPLAY: screen,
      METERCREW_DATA: join(home, 'data'),
      METERCREW_KEY: 'file',
      NO_AT_BRIDGE: '1',
      GTK_USE_PORTAL: '0',
      TAURI_WEBVIEW_AUTOMATION: 'true',
    },
  })
  await listens(child, port)
  const wanted = new Capabilities({ browserName: 'wry', 'webkitgtk:browserOptions': { binary, args: [] } })
  const driver = await new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(wanted).build()
  const marked = await until('the first screen', () =>
    driver.executeScript(`
      const mark = performance.getEntriesByName('first-screen')[0]
      return mark && performance.timeOrigin + mark.startTime
    `),
  )
  const family = descendants(child.pid)
  const app = family.find((pid) => binary.includes(name(pid)))
  const figures = {
    first_screen_ms: Math.round(marked - startedAt(app)),
    pss_mib: Math.round(family.reduce((sum, pid) => sum + pss(pid), 0) / 1024),
  }
  await driver.quit().catch(() => {})
  await children.end(child)
  return figures
}

function name(pid) {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
}

function descendants(pid) {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number),
  )
  return children.flatMap((child) => [child, ...descendants(child)])
}

/** When a process began. Unit: milliseconds since 1970, to a hundredth of a second. */
function startedAt(pid) {
  const ticks = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[19])
  const booted = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))[1])
  // btime is cut to a second; uptime tells the rest
  const uptime_ms = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000
  const boot_ms = Math.abs(Date.now() - uptime_ms - booted * 1000) < 2000 ? Date.now() - uptime_ms : booted * 1000
  return boot_ms + ticks * 10
}

/** A process's share of memory, shared pages divided. Unit: KiB. */
function pss(pid) {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1])
}

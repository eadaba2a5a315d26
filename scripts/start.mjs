// Runs the sample district: a gateway, and the app's window on it, until one of them ends.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { Children, display, lastLines } from './children.mjs'
import { program, root } from './places.mjs'
import { startSampleGateway } from './sample_gateway.mjs'

const folder = join(root, '.run', 'district')
const children = new Children()
let told = false

/** A made-up tablet keeps its key in its folder, not in the key store of whoever tries it. */
const apart = { METERCREW_KEY: 'file' }

process.once('exit', () => children.killAll())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, async () => {
    told = true
    console.log('\nending')
    await children.endAll()
    process.exit(0)
  })
}

try {
  if (process.argv.includes('--fresh')) rmSync(folder, { recursive: true, force: true })
  process.exitCode = await runDistrict()
} catch (error) {
  console.error(`npm start: ${error.message}\nnext: npm start -- --fresh begins a new district`)
  process.exitCode = 3
} finally {
  await children.endAll()
}

async function runDistrict() {
  // a tablet that is enrolled knows its gateway's address: it stays the same from start to start
  const portFile = join(folder, 'port')
  const port = existsSync(portFile) ? Number(readFileSync(portFile, 'utf8')) : 0
  const gateway = await startSampleGateway(children, { folder, port })
  writeFileSync(portFile, String(gateway.port))
  const crew = gateway.district.crews[0]
  const tablet = join(folder, 'tablet')
  if (!existsSync(tablet)) await enrolled(tablet, await gateway.enrol(crew.crew))
  const another = await gateway.enrol(crew.crew)
  const screen = await display(children, join(folder, 'xvfb.log'))

  console.log('')
  console.log('MeterCrew is running on a made-up district.')
  console.log(`  supervisor's desk   ${gateway.board}`)
  for (const who of gateway.district.supervisors) {
    console.log(`    sign in as        ${who.name}, password ${who.password}`)
  }
  console.log(`  the app             is a tablet of ${crew.crew} ${crew.crew_name}`)
  console.log(`  another tablet      enrols with ${another.code} at ${gateway.url}`)
  console.log(`                      once, until ${another.expires_at}, for the same crew`)
  console.log('  labels to scan      .run/district/sample/labels, or labels.pdf beside it')
  console.log(`  everything is in    .run/district; npm start -- --fresh begins a new district`)
  if (screen.virtual) console.log(`  no display here: the app's window is on the virtual display ${screen.name}`)
  console.log('Close the window or press Ctrl-C to end.')

  const app = children.start(program('metercrew-app'), [], {
    log: join(folder, 'app.log'),
    // the district lies in China, and its appointments are made by its clocks
    env: { ...apart, DISPLAY: screen.name, METERCREW_DATA: tablet, TZ: 'Asia/Shanghai' },
  })
  const first = await Promise.race([
    app.exited.then((how) => ({ who: 'the app', how, log: app.log })),
    gateway.child.exited.then((how) => ({ who: 'the gateway', how, log: gateway.child.log })),
  ])
  if (told || (first.who === 'the app' && first.how.code === 0)) return 0
  console.error(`${first.who} ended by itself (${JSON.stringify(first.how)}):\n${lastLines(first.log)}`)
  return 3
}

/** Makes a folder the crew's tablet, and lets it fetch the crew's work. */
async function enrolled(tablet, code) {
  const env = { ...process.env, ...apart }
  const metercrew = (...args) => promisify(execFile)(program('metercrew'), args, { env })
  await metercrew('enrol', '--store', tablet, '--link', code.link, '--name', '样例平板')
  await metercrew('sync', '--store', tablet)
}

// Runs the sample district: a gateway, and the app's window on it, until one of them ends.
import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { Children, display, lastLines } from './children.mjs'
import { program, root } from './places.mjs'
import { startSampleGateway } from './sample_gateway.mjs'

const folder = join(root, '.run', 'district')
const children = new Children()

process.once('exit', () => children.killAll())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, async () => {
    console.log('\nending')
    await children.endAll()
    process.exit(0)
  })
}

try {
  if (process.argv.includes('--fresh')) rmSync(folder, { recursive: true, force: true })
  process.exitCode = await runDistrict()
} catch (error) {
  console.error(`npm start: ${error.message}`)
  process.exitCode = 3
} finally {
  await children.endAll()
}

async function runDistrict() {
  const gateway = await startSampleGateway(children, { folder })
  const screen = await display(children, join(folder, 'xvfb.log'))
  const code = await gateway.enrol('crew-1')

  console.log('')
  console.log('MeterCrew is running on a made-up district.')
  console.log(`  supervisor's desk   ${gateway.board}`)
  for (const who of gateway.district.supervisors) console.log(`    sign in as        ${who.name}, password ${who.password}`)
  console.log(`  gateway             ${gateway.url}`)
  console.log(`  enrol the app with  ${code.code}   (once, as ${code.crew})`)
  console.log(`  everything is in    .run/district; npm start -- --fresh begins a new district`)
  if (screen.virtual) console.log(`  no display here: the app's window is on the virtual display ${screen.name}`)
  console.log('Close the window or press Ctrl-C to end.')

  const app = children.start(program('metercrew-app'), [], {
    log: join(folder, 'app.log'),
    env: { DISPLAY: screen.name, METERCREW_DATA: join(folder, 'tablet') },
  })
  const first = await Promise.race([
    app.exited.then((how) => ({ who: 'the app', how, log: app.log })),
    gateway.child.exited.then((how) => ({ who: 'the gateway', how, log: gateway.child.log })),
  ])
  if (first.who === 'the app' && first.how.code === 0) return 0
  console.error(`${first.who} ended by itself (${JSON.stringify(first.how)}):\n${lastLines(first.log)}`)
  return 3
}

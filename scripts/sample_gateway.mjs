// A gateway on an embedded ledger with the sample district, for trying out and for tests.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { freePort, listens } from './children.mjs'
import { pages, program } from './places.mjs'

const run = promisify(execFile)

/**
 * Starts a gateway whose whole state is in `folder`; writes the sample district there when it is
 * not there yet. `port` keeps a gateway that was stopped on its address.
 */
export async function startSampleGateway(children, { folder, port }) {
  const gateway = program('metercrew-gateway')
  const sample = join(folder, 'sample')
  mkdirSync(folder, { recursive: true })
  if (!existsSync(sample)) await run(gateway, ['sample', '--out', sample])
  port ??= await freePort()
  const ledger = `sqlite:${join(folder, 'ledger.db')}`
  const child = children.start(
    gateway,
    [
      'serve',
      ...['--ledger', ledger],
      ...['--blobs', join(folder, 'blobs')],
      ...['--inbox', join(sample, 'inbox')],
      ...['--listen', `127.0.0.1:${port}`],
      ...['--board', pages],
    ],
    { log: join(folder, 'gateway.log') },
  )
  await listens(child, port)
  const url = `http://127.0.0.1:${port}`
  return {
    child,
    port,
    url,
    board: `${url}/board/`,
    sample,
    /** What the district is: its crews, supervisors, counts. */
    district: JSON.parse(readFileSync(join(sample, 'district.json'), 'utf8')),
    /** A single-use code with which a tablet of this crew enrols. */
    async enrol(crew) {
      const { stdout } = await run(gateway, ['enrol', '--ledger', ledger, '--crew', crew, '--json'])
      return JSON.parse(stdout)
    },
  }
}

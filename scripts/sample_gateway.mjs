// A gateway on an embedded ledger with the sample district, for trying out and for tests.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { lastLines, until } from './children.mjs'
import { pages, program } from './places.mjs'

const run = promisify(execFile)

/**
 * Starts a gateway whose whole state is in `folder`; writes the sample district there, `day` being
 * the first of its days, when it is not there yet. `port` puts it where it was before.
 */
export async function startSampleGateway(children, { folder, port = 0, day }) {
  const gateway = program('metercrew-gateway')
  const sample = join(folder, 'sample')
  const data = join(folder, 'gateway')
  if (!existsSync(join(data, 'ledger.db'))) {
    await run(gateway, ['sample', '--out', sample, '--data', data, ...(day ? ['--day', day] : [])])
  }
  const log = join(folder, 'gateway.log')
  const said = existsSync(log) ? statSync(log).size : 0
  const child = children.start(
    gateway,
    ['serve', '--json', '--data', data, '--board', pages, '--listen', `127.0.0.1:${port}`],
    { log },
  )
  const began = await until('the gateway listens', () => {
    if (child.code !== undefined) return { failed: lastLines(log) }
    const lines = readFileSync(log).subarray(said).toString('utf8').split('\n').slice(0, -1)
    return lines.filter((line) => line.startsWith('{"')).map(parsed).find((line) => line?.listening)
  })
  if (began.failed !== undefined) throw new Error(`the gateway ended:\n${began.failed}`)
  return {
    child,
    data,
    sample,
    url: began.listening,
    board: began.board,
    port: Number(new URL(began.listening).port),
    /** What the district is: its crews, supervisors, counts. */
    district: JSON.parse(readFileSync(join(sample, 'district.json'), 'utf8')),
    /** A single-use code with which a tablet of this crew enrols; its QR code goes to `png`. */
    async enrol(crew, { png } = {}) {
      const more = png === undefined ? [] : ['--png', png]
      const args = ['enrol', '--json', '--data', data, '--crew', crew, '--gateway', began.listening, ...more]
      const { stdout } = await run(gateway, args)
      return JSON.parse(stdout)
    },
  }
}

function parsed(line) {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

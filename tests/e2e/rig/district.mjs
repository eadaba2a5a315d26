// The made-up district as a test finds it: its gateway up or down, a crew's work, and the pictures for it.
import { execFile } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { program } from '../../../scripts/places.mjs'
import { startSampleGateway } from '../../../scripts/sample_gateway.mjs'

const run = promisify(execFile)

/** How the built-in mapping writes a replacement, and a meter. */
const REPLACE = '25'
const METER = '01'

export class District {
  #gateway
  #port = 0

  constructor(children, folder) {
    this.children = children
    this.folder = folder
  }

  /** The gateway, running: at the address it had before, when it was closed meanwhile. */
  async open() {
    if (this.#gateway === undefined || this.#gateway.child.code !== undefined) {
      this.#gateway = await startSampleGateway(this.children, { folder: this.folder, port: this.#port })
      this.#port = this.#gateway.port
    }
    return this.#gateway
  }

  /** Ends the gateway; tablets get no answer until it is opened again. */
  async close() {
    await this.children.end(this.#gateway.child)
  }

  /** A tablet of the crew in `home`, as it stands after its first sync; made without a screen. */
  async tablet(crew, home) {
    const gateway = await this.open()
    const { link } = await gateway.enrol(crew)
    const store = join(home, 'data')
    await run(program('metercrew'), ['enrol', '--store', store, '--link', link, '--name', '样例平板'])
    await run(program('metercrew'), ['sync', '--store', store])
  }

  /** The crew's replacements of meters that show peak and valley, as the marketing system wrote them. */
  replacements(crew) {
    const lines = readFileSync(join(this.folder, 'sample', 'inbox', 'orders.jsonl'), 'utf8').trim().split('\n')
    const fits = (order) => order.crew === crew && order.kind === REPLACE && order.old_registers.includes('forward_t4')
    return lines.map((line) => JSON.parse(line)).filter(fits)
  }

  /** The crew's order that takes a faulty prepaid meter down, and the card that goes with it. */
  faultReplacement(crew) {
    const lines = readFileSync(join(this.folder, 'sample', 'inbox', 'orders.jsonl'), 'utf8').trim().split('\n')
    const fits = (order) => order.crew === crew && order.kind === REPLACE && order.prepaid_card
    const order = lines.map((line) => JSON.parse(line)).find(fits)
    return { order, card: join(this.folder, 'sample', 'cards', `${order.prepaid_card}.json`) }
  }

  /** New meters on the crew's issue list with all these registers; those of the replacements by themselves. */
  newMeters(crew, registers = ['forward_t4']) {
    const file = readFileSync(join(this.folder, 'sample', 'inbox', 'stock.csv'), 'utf8').trim()
    const [head, ...rows] = file.split('\n').map((line) => line.split(','))
    const items = rows.map((row) => Object.fromEntries(row.map((cell, at) => [head[at], cell])))
    const fits = (item) =>
      item.crew === crew && item.asset_kind === METER && item.status === 'in_stock' && registers.every((one) => item.registers.includes(one))
    return items.filter(fits).map((item) => item.asset_no)
  }

  /** The picture of an asset's printed label. */
  label(asset_no) {
    return join(this.folder, 'sample', 'labels', `${asset_no}.png`)
  }

  /** Photographs of one replacement, by name, as files of a camera. */
  async photographs(folder, work) {
    const { order, new_no, old_values, new_values, seal_no } = work
    // displays that show every digit they have: no first one can be missed
    const shown = (value) => value.padStart('000000.00'.length, '0')
    const values = [order.old_asset_no, shown(old_values.forward_total), new_no, shown(new_values.forward_total)]
    await run(program(join('examples', 'drawn_order')), [folder, ...values, seal_no])
    return (name) => join(folder, `${name}.jpg`)
  }

  /** What a crew does at the order: the old meter used some more, the new one begins at nought. */
  work(order, new_no, seal_no) {
    const used = { forward_total: 2_000n, forward_t2: 1_200n, forward_t4: 800n }
    const after = ([register, value]) => [register, decimal(hundredths(value) + used[register])]
    return {
      order,
      new_no,
      seal_no,
      old_values: Object.fromEntries(Object.entries(order.last_billed).map(after)),
      new_values: { forward_total: '0.00', forward_t2: '0.00', forward_t4: '0.00' },
    }
  }

  /** The results the marketing system has found in its folder so far. */
  results(order_no) {
    const folder = join(this.folder, 'gateway', 'central', 'results')
    const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'))
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map(read)
      .filter((result) => result.order_no === order_no)
  }
}

/** `6896.25` in hundredths. */
function hundredths(text) {
  const [whole, places = ''] = text.split('.')
  return BigInt(whole + places.padEnd(2, '0'))
}

function decimal(hundredths) {
  const digits = hundredths.toString().padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}

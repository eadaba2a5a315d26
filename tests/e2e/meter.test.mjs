// Meters read over infrared in the real window: ours answers at the end of a real serial line.
import assert from 'node:assert/strict'
import { join } from 'node:path'

import { until } from '../../scripts/children.mjs'
import { Crew } from './rig/crew.mjs'
import { startMeter } from './rig/meter.mjs'
import { storybook } from './rig/story.mjs'
import { Supervisor } from './rig/supervisor.mjs'

const book = storybook('meter')
const { story } = book

/** `6896.25` with its tens and its units changed for each other; 90.00 more where they are alike. */
function slipped(text) {
  const [whole, places] = text.split('.')
  const [tens, units] = whole.padStart(2, '0').slice(-2)
  const last = tens === units ? `${(Number(tens) + 5) % 10}${units}` : `${units}${tens}`
  return `${whole.slice(0, -2)}${last}.${places}`
}

story('both meters are read over infrared: a slipped digit is asked about, and the office sees what the meter said', async (open) => {
  const { district, folder } = book
  const gateway = await district.open()
  const [order] = district.replacements('crew-1')
  const [new_no] = district.newMeters('crew-1')
  const work = district.work(order, new_no, 'YX50001')
  const photos = await district.photographs(join(folder, 'photos'), work)
  const app = await open('infrared')
  const crew = new Crew(app, 'meter')

  const { code } = await gateway.enrol('crew-1')
  await crew.enrolByCode({ code, gateway: gateway.url, name: '一班 1 号' })
  await crew.sees(order.order_no)
  await crew.picksUp(district.label(new_no), '已领 1 /')
  await crew.open(order.order_no)
  await crew.site(photos)
  await crew.oldMeter(photos)

  await crew.goes('抄录旧表示数')
  await crew.photo(photos('old-display'))
  const { forward_total } = work.old_values
  await crew.types({ forward_total: slipped(forward_total) })

  const loose = await startMeter(book.children, join(folder, 'loose.log'), { values: work.old_values, faults: ['unplug=40'] })
  await crew.asksMeter(loose.port)
  await app.reads('抄表头断开了')
  await crew.look('unplugged')
  const kept = () => crew.draft(order.order_no, 'old_reading')
  assert.equal((await kept()).readout, null, 'half a readout is no evidence')

  const old_address = '000012345678'
  const values = { ...work.old_values, address: old_address, status_1: '0004' }
  const old_meter = await startMeter(book.children, join(folder, 'old.log'), { values })
  await crew.startsAgainAt(old_meter.port)
  await crew.look('running')
  await crew.used()
  await crew.look('differs')
  await app.tap('[data-test="choose-infrared-forward_total"]')
  await app.tap('[data-test="meter-fill"]')
  await crew.press('保存示数')
  await app.tap('[data-test="answer-overrule"]')
  await app.type('[data-test="reason"]', '手工录入时两位数字颠倒')
  await crew.look('question')
  await app.tap('[data-test="confirm-reason"]')
  await crew.proposed('扫描新表')
  await book.children.end(old_meter.child)

  await crew.newMeter(photos)
  await crew.goes('抄录新表示数')
  await crew.photo(photos('new-display'))
  // the address that the stock list has of it
  const new_values = { ...work.new_values, address: new_no.slice(9, 21) }
  const new_meter = await startMeter(book.children, join(folder, 'new.log'), { values: new_values })
  await crew.asksMeter(new_meter.port)
  await crew.used()
  await app.tap('[data-test="meter-fill"]')
  await crew.look('filled')
  await crew.press('保存示数')
  await crew.proposed('登记封印')
  await crew.seals(photos, work)
  await crew.toThePad()
  await crew.signs()
  await crew.handsIn()
  await crew.delivered('已到局')

  const supervisor = await Supervisor.signsIn(gateway.board, gateway.district.supervisors[0], 'meter')
  try {
    await supervisor.opens(order.order_no)
    const said = await supervisor.page.textContent('body')
    for (const word of ['红外', old_address, '手工录入时两位数字颠倒']) {
      assert.ok(said.includes(word), `the review says ${word}`)
    }
    await supervisor.look('review')
    await supervisor.approves()
    assert.deepEqual(supervisor.board.complaints, [])
  } finally {
    await supervisor.close()
  }
  const [result] = await until('the marketing system has a result', () => {
    const found = district.results(order.order_no)
    return found.length > 0 && found
  })
  assert.deepEqual(result.old_readings, work.old_values)
  const registers = Object.keys(work.old_values)
  const told = result.readouts.map((one) => ({ ...one, registers: one.registers.toSorted() }))
  assert.deepEqual(told, [
    { step: 'new_reading', protocol: 'dlt645', comm_address: new_values.address, registers: registers.toSorted() },
    { step: 'old_reading', protocol: 'dlt645', comm_address: old_address, registers: registers.toSorted() },
  ])
})

// A prepaid card is rewritten in the real window, over real PC/SC: killed, torn, recovered; credited once.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { until } from '../../scripts/children.mjs'
import { program, root } from '../../scripts/places.mjs'
import { insertCard, insertIntoMeter } from './rig/card.mjs'
import { Crew } from './rig/crew.mjs'
import { startMeter } from './rig/meter.mjs'
import { storybook } from './rig/story.mjs'
import { Supervisor } from './rig/supervisor.mjs'

const run = promisify(execFile)

// A reader of its own: all of this file runs again inside of it.
if (process.env.METERCREW_READER === undefined) {
  test('the stories of cards, each in a reader of its own', async () => {
    const inside = join(root, 'scripts', 'with-reader')
    const again = [process.execPath, '--test', '--test-reporter=spec', fileURLToPath(import.meta.url)]
    // the runner of this run is not the runner of that one
    const { NODE_TEST_CONTEXT: _, ...env } = process.env
    await run(inside, again, { env, maxBuffer: 1 << 26 }).catch((failed) => {
      throw new Error(`${failed.stdout}\n${failed.stderr}`)
    })
  })
} else {
  stories()
}

function stories() {
  const book = storybook('card')
  const upright = { size: [800, 1280], env: { METERCREW_TEST_KEYS: '1' } }

  book.story('what was left and what was bought come to the new meter on one card, once, though app and card are cut', async (open) => {
    const { district, folder, children } = book
    const gateway = await district.open()
    const { order, card: sample } = district.faultReplacement('crew-1')
    const [new_no] = district.newMeters('crew-1', ['money_left'])
    const old_values = { forward_total: '7800.50', money_left: '87.65' }
    const work = { order, new_no, seal_no: 'YX60001', old_values, new_values: { forward_total: '0.00', money_left: '0.00' } }
    const photos = await district.photographs(join(folder, 'photos'), work)
    const new_address = new_no.slice(9, 21)
    const file = join(folder, 'cards', 'customers.json')
    mkdirSync(dirname(file), { recursive: true })
    copyFileSync(sample, file)
    const meter = join(folder, 'cards', 'new-meter.json')

    const crew = new Crew(await open('card', upright), 'card')
    const { code } = await gateway.enrol('crew-1')
    await crew.enrolByCode({ code, gateway: gateway.url, name: '一班 1 号' })
    await crew.sees(order.order_no)
    await crew.picksUp(district.label(new_no), '已领 1 /')
    await crew.open(order.order_no)
    await crew.site(photos)
    await crew.oldMeter(photos)
    await crew.goes('抄录旧表示数')
    await crew.photo(photos('old-display'))
    const said = { ...old_values, address: order.prepaid_meter_no, purchase_count: '17', overdraft: '0.00' }
    const probe = await startMeter(children, join(folder, 'old.log'), { values: said })
    await crew.asksMeter(probe.port)
    await crew.used()
    await crew.app.tap('[data-test="meter-fill"]')
    await crew.press('保存示数')
    await crew.proposed('扫描新表')
    await children.end(probe.child)
    await crew.newMeter(photos)
    await crew.newReading(photos, work)
    await crew.sealed(photos, work, '写购电卡')

    await crew.goes('写购电卡')
    await crew.app.reads('请把卡插入读卡器')
    await crew.look('no-card')
    const card = await insertCard(children, file, join(folder, 'card.log'))
    await crew.app.see('[data-test="card-plan"]')
    for (const word of ['87.65', '50.00', '137.65', '红外']) await crew.app.reads(word)
    await crew.look('plan')

    // killed while the money is being written
    await card.fallsSilent(2)
    await crew.press('写卡 137.65 元')
    await card.heard(3)
    await crew.app.kill()
    assert.equal((await insertIntoMeter(file, meter, new_address)).credited, '0.00', 'no meter takes a card half written')

    crew.resume(await open('card', upright))
    await crew.app.see('[data-test="card-doubt"]')
    await crew.look('in-doubt-after-kill')
    await card.backIn()
    await crew.app.see('[data-test="card-there"].ok')

    // the card is pulled half-way through the next go
    await card.tears(2)
    await crew.press('继续写卡')
    await crew.app.see('[data-test="card-there"].warn')
    await crew.look('in-doubt-pulled')
    await card.backIn()
    await crew.press('继续写卡')
    await crew.app.see('[data-test="card-done"]')
    await crew.look('done')
    await crew.press('卡已写好，返回工单')
    await crew.proposed('请客户签名')
    await crew.toThePad()
    await crew.signs()
    await crew.handsIn()
    await crew.delivered('已到局')
    await card.out()

    assert.equal((await insertIntoMeter(file, meter, new_address)).credited, '137.65')
    const again = await insertIntoMeter(file, meter, new_address)
    assert.deepEqual([again.credited, again.balance, again.answer], ['0.00', '137.65', 'already_done'])

    const supervisor = await Supervisor.signsIn(gateway.board, gateway.district.supervisors[0], 'card')
    try {
      await supervisor.opens(order.order_no)
      const review = await supervisor.page.textContent('body')
      for (const word of ['137.65', '87.65', '50.00']) assert.ok(review.includes(word), `the review says ${word}`)
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
    assert.equal(result.card_total, '137.65')
    await district.close()
    const asked = ['cards', 'balance', '--json', '--data', gateway.data]
    const { stdout } = await run(program('metercrew-gateway'), asked)
    const books = JSON.parse(stdout)
    assert.equal(books.even, true)
    assert.equal(books.balance.credits, '137.65')
    const incidents = await run(program('metercrew-gateway'), ['cards', 'incidents', '--json', '--data', gateway.data])
    assert.deepEqual(JSON.parse(incidents.stdout).incidents, [], 'nothing for a supervisor to look into')
  })
}

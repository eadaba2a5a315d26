// A field day in the real window and a real browser, from a new tablet to the marketing system's folder.
import assert from 'node:assert/strict'
import { join } from 'node:path'

import { until } from '../../scripts/children.mjs'
import { Crew, SIGNATURE } from './rig/crew.mjs'
import { District } from './rig/book.district.mjs'
import { storybook } from './rig/story.mjs'
import { Supervisor } from './rig/supervisor.mjs'

const book = storybook('day')
const { story } = book

story('a replacement goes from a new tablet to the marketing system, returned once on the way', async (open) => {
  const gateway = await book.district.open()
  const [order] = book.district.replacements('crew-1')
  const [new_no, second_no] = book.district.newMeters('crew-1')
  const work = book.district.work(order, new_no, 'YX10001')
  const photos = await book.district.photographs(join(book.folder, 'day-photos'), work)
  const app = await open('day')
  const crew = new Crew(app, 'day')

  const { code } = await gateway.enrol('crew-1')
  await crew.enrolByCode({ code, gateway: gateway.url, name: '一班 1 号' })
  await crew.sees(order.order_no)
  await crew.look('today')

  await app.tap('[data-test="pick-up"]')
  await crew.picture(book.district.label(new_no))
  await app.reads('已领 1 /')
  await crew.picture(book.district.label(second_no))
  await app.reads('已领 2 /')
  const wrong = gateway.district.traps.find(({ what }) => what === 'picked up by crew-2')
  await crew.picture(book.district.label(wrong.asset_no))
  await app.reads('库存清单里没有这个编号')
  await app.reads('已领 2 /')
  await crew.look('pick-up')
  await crew.press('清点完成')

  await crew.open(order.order_no)
  await crew.offered('拍现场全景')
  await crew.look('order')
  await crew.wholeReplacement(photos, work)
  await crew.delivered('已到局')
  await crew.look('in-office')

  const supervisor = await Supervisor.signsIn(gateway.board, gateway.district.supervisors[0], 'day')
  try {
    await supervisor.opens(order.order_no)
    await supervisor.look('review')
    await supervisor.returns('封印', '封印编号看不清，请重拍')

    await crew.syncsNow()
    await app.reads('封印编号看不清，请重拍')
    await crew.look('returned')
    await crew.goes('登记封印')
    await crew.look('returned-step')
    await crew.retake(photos('seal-again'))
    await crew.look('corrected')
    await app.tap('[data-test="back"]')
    await crew.proposed('交工单')
    await crew.handsIn()
    await crew.delivered('已到局')

    assert.deepEqual(book.district.results(order.order_no), [], 'nothing goes to the marketing system before the approval')
    await supervisor.opens(order.order_no)
    await supervisor.approves()
    assert.deepEqual(supervisor.board.complaints, [])
  } finally {
    await supervisor.close()
  }
  const results = await until('the marketing system has a result', () => {
    const found = book.district.results(order.order_no)
    return found.length > 0 && found
  })
  assert.equal(results[0].old_asset_no, order.old_asset_no)
  assert.equal(results[0].new_asset_no, new_no)
  assert.deepEqual(results[0].old_readings, work.old_values)
  await crew.syncsNow()
  await crew.delivered('营销已收')
  await app.reads('班长已通过')
  await crew.look('accepted')
  await app.tap('[data-test="delivery"]')
  await app.reads('没有等待传送的')
  await crew.look('sync')
  assert.equal(book.district.results(order.order_no).length, 1, 'the marketing system has one result')
})

story('the tablet goes on where it was after kill -9: at half a reading, and at half a signature', async (open) => {
  const gateway = await book.district.open()
  const [order] = book.district.replacements('crew-2')
  const [new_no] = book.district.newMeters('crew-2')
  const work = book.district.work(order, new_no, 'YX20001')
  const photos = await book.district.photographs(join(book.folder, 'kill-photos'), work)
  const upright = { size: [800, 1280] }
  const crew = new Crew(await open('kill', upright), 'kill')

  const png = join(book.folder, 'kill-enrol.png')
  await gateway.enrol('crew-2', { png })
  await crew.enrolByPicture(png)
  await crew.sees(order.order_no)
  await crew.look('today')
  // the district's crew-2 has one meter in its hands from the beginning
  await crew.picksUp(book.district.label(new_no), '已领 2 /')
  await crew.open(order.order_no)
  await crew.site(photos)
  await crew.oldMeter(photos)
  await crew.goes('抄录旧表示数')
  await crew.photo(photos('old-display'))
  const { forward_t2, forward_total } = work.old_values
  const half = forward_total.slice(0, 3)
  await crew.types({ forward_t2, forward_total: half })
  await crew.kept(order.order_no, 'old_reading', ({ typed }) => typed.forward_t2 === forward_t2 && typed.forward_total === half)
  await crew.app.kill()

  crew.resume(await open('kill', upright))
  await crew.app.reads('旧表示数')
  await crew.look('half-a-reading')
  assert.equal(await crew.typedSoFar('forward_t2'), forward_t2)
  assert.equal(await crew.typedSoFar('forward_total'), half)
  assert.equal(await crew.typedSoFar('forward_t4'), '')
  await crew.types(work.old_values)
  await crew.press('保存示数')
  await crew.proposed('扫描新表')
  await crew.newMeter(photos)
  await crew.newReading(photos, work)
  await crew.seals(photos, work)
  await crew.toThePad()
  await crew.stroke(SIGNATURE[0])
  await crew.kept(order.order_no, 'signature', ({ drawing }) => drawing.strokes.length === 1)
  await crew.app.kill()

  crew.resume(await open('kill', upright))
  await crew.app.reads('请签名')
  await crew.look('half-a-signature')
  await crew.stroke(SIGNATURE[1])
  await crew.kept(order.order_no, 'signature', ({ drawing }) => drawing.strokes.length === 2)
  await crew.press('保存签名')
  await crew.proposed('交工单')
  await crew.handsIn()
  await crew.delivered('已到局')
  await crew.look('in-office')
})

story('a day without the office is kept on the tablet, and told by itself when the office is back', async (open) => {
  await book.district.tablet('crew-3', join(book.folder, 'offline'))
  const [order, undone] = book.district.replacements('crew-3')
  const [new_no] = book.district.newMeters('crew-3')
  const photos = await book.district.photographs(join(book.folder, 'offline-photos'), book.district.work(order, new_no, 'YX30001'))
  await book.district.close()

  const crew = new Crew(await open('offline'), 'offline')
  await crew.picksUp(book.district.label(new_no), '已领 1 /')
  await crew.app.reads('存于本机')
  await crew.open(undone.order_no)
  await crew.couldNot('box_locked', '表箱换了锁，物业没有钥匙')
  await crew.delivered('存于本机')
  await crew.look('could-not')
  await crew.open(order.order_no)
  await crew.site(photos)
  await crew.oldMeter(photos)
  await crew.delivered('存于本机')
  await crew.app.tap('[data-test="delivery"]')
  await crew.app.reads('没有网络，或连不上局里')
  await crew.look('sync-waiting')
  await crew.app.tap('[data-test="back"]')

  await book.district.open()
  await crew.delivered('已到局')
  await crew.open(undone.order_no)
  await crew.delivered('已到局')
  await crew.look('in-office')
})

story('the camera shows what it sees, and is let go of when its screen is left', async (open) => {
  await book.district.tablet('crew-4', join(book.folder, 'camera'))
  const [order] = book.district.replacements('crew-4')
  const crew = new Crew(await open('camera', { env: { METERCREW_MOCK_CAMERA: '1' } }), 'camera')
  await crew.open(order.order_no)
  await crew.opensStep('old_meter')
  await crew.cameraIs('live')
  await crew.look('live')
  await crew.remembersCamera()
  await crew.app.tap('[data-test="back"]')
  await crew.offered('拍现场全景')
  assert.equal(await crew.rememberedCamera(), 'ended', 'the camera was let go of')

  await crew.goes('拍现场全景')
  await crew.cameraIs('live')
  await crew.app.tap('[data-test="shutter"]')
  await crew.app.see('[data-test="photo"] img')
  await crew.look('photo')
  await crew.press('照片齐了，返回工单')
  await crew.offered('扫描旧表')

  await crew.deniesCamera()
  await crew.goes('扫描旧表')
  await crew.cameraIs('denied')
  await crew.app.reads('没有使用摄像头的许可')
  await crew.look('denied')
  await crew.app.close()

  crew.resume(await open('camera'))
  await crew.cameraIs('absent')
  await crew.app.reads('这台设备没有可用的摄像头')
})

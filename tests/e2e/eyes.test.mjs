// What the tablet sees: labels before a running camera, and a display's photo beside the reading.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { until } from '../../scripts/children.mjs'
import { meter } from '../../scripts/screens/label.mjs'
import { Crew } from './rig/crew.mjs'
import { madeUpPage, openBeforeCamera, showToWebView } from './rig/eyes.mjs'
import { storybook } from './rig/story.mjs'
import { Supervisor } from './rig/supervisor.mjs'

const book = storybook('eyes')
const { story } = book
const named = (name) => `[data-test="${name}"]`

story('a label before the running camera is read, recorded and left by itself, and the display’s photo is compared', async (open) => {
  await book.district.tablet('crew-1', join(book.folder, 'live'))
  const [order] = book.district.replacements('crew-1')
  const [new_no] = book.district.newMeters('crew-1')
  const work = book.district.work(order, new_no, 'YX60001')
  const photos = await book.district.photographs(join(book.folder, 'photos'), work)
  const app = await open('live')
  const crew = new Crew(app, 'eyes')
  await crew.open(order.order_no)
  await crew.site(photos)

  await showToWebView(app, book.district.label(order.old_asset_no))
  await crew.press('扫描旧表')
  await crew.proposed('抄录旧表示数')
  const { steps } = await crew.asks('order', { order: order.order_no })
  const { record } = steps.find(({ step }) => step.id === 'old_meter')
  assert.equal(record.asset_no, order.old_asset_no)
  assert.equal(record.source, 'camera')
  assert.equal(record.sighting.text, order.old_asset_no, 'what the program saw is kept beside it')
  assert.equal(record.sighting.may_train, false, 'nobody agreed to train with it')

  await crew.goes('抄录旧表示数')
  await crew.cameraIs('live')
  await app.see(named('aim'))
  await crew.look('aimed')
  const { forward_total, ...others } = work.old_values
  await crew.legible(['old-display', 'old-display-again', 'old-display-at-last'].map(photos))
  await crew.look('proposes')
  assert.equal(await crew.displayShows('photo'), forward_total)
  assert.equal(await crew.typedSoFar('forward_total'), '', 'nothing is filled in before the tap')

  await crew.types({ forward_total: slipped(forward_total) })
  await crew.displaySays('differs')
  await app.reads('请核对')
  await crew.look('differs')
  assert.equal(await crew.displayShows('photo'), forward_total)
  assert.equal(await crew.typedSoFar('forward_total'), slipped(forward_total), 'the photo writes over nothing')
  await crew.types({ forward_total })
  await crew.displaySays('agrees')
  await app.reads('与照片一致')
  await crew.types(others)
  await crew.look('agrees')
  await crew.press('保存示数')
  await crew.proposed('扫描新表')
  const read = await crew.asks('order', { order: order.order_no })
  const reading = read.steps.find(({ step }) => step.id === 'old_reading').record
  const total = reading.values.find(({ register }) => register === 'forward_total')
  assert.deepEqual([total.value, total.source], [forward_total, 'typed'])
  assert.deepEqual(
    reading.sightings.map(({ shows, register, read }) => ({ shows, register, read })),
    [{ shows: 'register', register: 'forward_total', read: forward_total }],
  )

  await crew.couldNot('box_locked', '新表没有带够')
  await crew.delivered('已到局')
  const gateway = await book.district.open()
  const supervisor = await Supervisor.signsIn(gateway.board, gateway.district.supervisors[0], 'eyes')
  try {
    await supervisor.opens(order.order_no)
    const seen = await supervisor.saw()
    await supervisor.look('seen')
    assert.deepEqual(seen, [
      { step: 'old_meter', read: order.old_asset_no, verdict: 'same' },
      { step: 'old_reading', read: forward_total, verdict: 'same' },
    ])
    assert.deepEqual(supervisor.board.complaints, [])
  } finally {
    await supervisor.close()
  }
})

story('a camera that is taken away says so, and typing needs a photo', async (open) => {
  await book.district.tablet('crew-2', join(book.folder, 'taken'))
  const [order] = book.district.replacements('crew-2')
  const photos = await book.district.photographs(join(book.folder, 'taken-photos'), book.district.work(order, order.old_asset_no, 'YX60002'))
  const app = await open('taken', { env: { METERCREW_MOCK_CAMERA: '1' } })
  const crew = new Crew(app, 'eyes-taken')
  await crew.open(order.order_no)
  await crew.opensStep('old_meter')
  await crew.cameraIs('live')
  await app.driver.executeScript("document.querySelector('video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
  await crew.cameraIs('taken')
  await app.reads('摄像头被别的程序占用')
  await crew.look('taken')
  await app.tap(named('camera-again'))
  await crew.cameraIs('live')

  await app.tap(named('choose-typed'))
  await app.type(named('typed-first'), order.old_asset_no)
  await app.type(named('typed-second'), order.old_asset_no)
  const submit = await app.see(named('typed-submit'))
  assert.equal(await submit.isEnabled(), false, 'a typed number needs its photo')
  await app.choose(`${named('typed-proof')} ${named('photo-file')}`, photos('old-label'))
  await app.reads('照片上读到同一个编号')
  await crew.look('proved')
  await app.tap(named('typed-submit'))
  await crew.offered('拍现场全景')
  const { steps } = await crew.asks('order', { order: order.order_no })
  const { record } = steps.find(({ step }) => step.id === 'old_meter')
  assert.equal(record.source, 'typed_twice')
  assert.notEqual(record.image, null, 'the photo stands behind the number')
})

/** `6896.25` with its last two digits changed for each other, or the last one counted on where they are alike. */
function slipped(value) {
  const [tens, units] = value.slice(-2)
  return `${value.slice(0, -2)}${tens === units ? `${tens}${(Number(units) + 5) % 10}` : `${units}${tens}`}`
}

// The same page in another browser: its camera shows a drawn meter, our own reader reads its frames.
const FRESH = '3330001001234567890124'
const OLD = '4130001000000000000012'
let folder
let made
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metercrew-eyes-page-'))
  made = await madeUpPage(folder)
})
after(async () => {
  await made?.close()
  await rm(folder, { recursive: true, force: true })
})

/** Tells a story before a camera that shows these things, at the new meter's step unless `query` says otherwise. */
async function before_camera(things, tell, query = { route: 'order/o-17/new_meter' }) {
  const shown = await openBeforeCamera(folder, `${made.url}/?${new URLSearchParams(query)}`, things)
  try {
    await tell(shown.page)
    assert.deepEqual(shown.complaints, [])
  } finally {
    await shown.close()
  }
}

test('a meter before Chromium’s camera is read from its frames and recorded', async () => {
  await before_camera([meter(FRESH)], async (page) => {
    await page.locator(named('step-new_meter')).getByText('33 3 00 01 00123456789012 4').waitFor()
  })
})

test('two meters before the camera are both shown, and the crew chooses', async () => {
  await before_camera([meter(FRESH, '000000.00', 2), meter(OLD, '012345.67', 2)], async (page) => {
    await page.locator(named('chooser')).waitFor()
    assert.equal(await page.locator(named('outline')).count(), 2)
    await page.locator(named(`answer-${FRESH}`)).click()
    await page.locator(named('step-new_meter')).getByText('33 3 00 01 00123456789012 4').waitFor()
  })
})

test('a wrong meter before the camera ends looking until the crew goes on', async () => {
  const query = { route: 'order/o-17/old_meter' }
  await before_camera([meter(FRESH)], async (page) => {
    await page.locator(named('scan-again')).click()
    const refused = page.locator(`${named('banner')}[data-tone=bad]`)
    await refused.waitFor()
    await page.getByText('已停下，先看提示').waitFor()
    await page.locator(named('main')).getByText('重新扫描').click()
    await refused.waitFor({ state: 'detached' })
    await refused.waitFor()
  }, query)
})

test('the lamp is offered only where the camera has one', async () => {
  await before_camera(['<div></div>'], async (page) => {
    await page.locator('[data-state=live]').waitFor()
    assert.equal(await page.locator(named('torch')).count(), 0)
    await page.evaluate(() => {
      MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true })
      MediaStreamTrack.prototype.applyConstraints = (wish) => {
        globalThis.wished = wish
        return Promise.resolve()
      }
    })
    await page.evaluate(() => screen.orientation.dispatchEvent(new Event('change')))
    await page.locator(named('torch')).click()
    await page.locator(`${named('torch')}[aria-pressed=true]`).waitFor()
    assert.deepEqual(await page.evaluate(() => globalThis.wished), { advanced: [{ torch: true }] })
  })
})

test('the camera is let go of when the page is hidden, and opens again when it is shown', async () => {
  await before_camera(['<div></div>'], async (page) => {
    await page.locator('[data-state=live]').waitFor()
    const track = await page.evaluateHandle(() => document.querySelector('video').srcObject.getVideoTracks()[0])
    const hide = (hidden) =>
      page.evaluate((is) => {
        Object.defineProperty(document, 'hidden', { value: is, configurable: true })
        document.dispatchEvent(new Event('visibilitychange'))
      }, hidden)
    await hide(true)
    assert.equal(await track.evaluate(({ readyState }) => readyState), 'ended')
    await hide(false)
    await page.locator('[data-state=live]').waitFor()
    await page.setViewportSize({ width: 800, height: 1280 })
    await page.evaluate(() => screen.orientation.dispatchEvent(new Event('change')))
    await page.locator('[data-state=live]').waitFor()
    const again = await page.evaluateHandle(() => document.querySelector('video').srcObject.getVideoTracks()[0])
    await page.locator(named('back')).click()
    assert.equal(await again.evaluate(({ readyState }) => readyState), 'ended')
  })
})

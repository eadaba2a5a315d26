// What a crew does on the tablet's screens, as fingers do it.
import assert from 'node:assert/strict'

import { By } from 'selenium-webdriver'

import { until } from '../../../scripts/children.mjs'

const named = (name) => `[data-test="${name}"]`
const MAIN = named('main')

/** How long the tablet may take for a step that stores pictures, on a busy machine. */
const PATIENCE_MS = 20_000

export class Crew {
  /** `album` names the screenshots of this story; they are numbered as they come. */
  constructor(app, album) {
    this.app = app
    this.album = album
    this.shots = 0
  }

  /** The story goes on in the app that was started again. */
  resume(app) {
    this.app = app
  }

  async look(name) {
    this.shots += 1
    await this.app.screenshot(`${this.album}-${String(this.shots).padStart(2, '0')}-${name}`)
  }

  async enrolByCode({ code, gateway, name }) {
    await this.app.type(named('device-name'), name)
    await this.app.tap(named('choose-typed'))
    await this.app.type(named('enrol-code'), code)
    await this.app.type(named('enrol-gateway'), gateway)
    await this.look('enrol-typed')
    await this.app.tap(named('enrol'))
  }

  async enrolByPicture(png) {
    await this.app.tap(named('choose-image'))
    await this.look('enrol-picture')
    await this.app.choose(named('file'), png)
  }

  /** The day's list, once it holds the order. */
  async sees(order_no) {
    await this.app.see(`[data-order="${order_no}"]`)
  }

  async open(order_no) {
    await this.app.tap(`[data-order="${order_no}"]`)
  }

  /** Opens the step that the tablet proposes, which has to be this one. */
  async goes(action) {
    await this.press(action)
    await until(`${action} is open`, async () => !(await this.isBack()), { deadline_ms: PATIENCE_MS })
  }

  /** Whether the day's list or an order is in sight, not a step over the whole screen. */
  async isBack() {
    return (await this.count(named('settings'))) === 1
  }

  /** Waits until a step's screen was left, and the next one is proposed. */
  async proposed(action) {
    await until(`${action} is proposed`, async () => (await this.isBack()) && (await this.mainSays()) === action, {
      deadline_ms: PATIENCE_MS,
    })
  }

  /** Waits until the main button offers this. */
  async offered(action) {
    await until(`the button says ${action}`, async () => (await this.mainSays()) === action, { deadline_ms: PATIENCE_MS })
  }

  /** Presses the main button once it offers this. */
  async press(action) {
    await this.offered(action)
    await this.app.tap(MAIN)
  }

  async mainSays() {
    const buttons = await this.app.driver.findElements(By.css(MAIN))
    return buttons.length === 1 ? await buttons[0].getText() : ''
  }

  /** A photo of the step that is open; waits for its thumbnail. */
  async photo(path) {
    const before = await this.count(named('photo'))
    await this.app.choose(named('photo-file'), path)
    await until('the photo is there', () => this.kept_photo(before + 1), { deadline_ms: PATIENCE_MS })
    const drawn = `return [...document.querySelectorAll('${named('photo')} img')].every((img) => img.complete && img.naturalWidth > 0)`
    await until('its thumbnail is drawn', () => this.app.driver.executeScript(drawn), { deadline_ms: PATIENCE_MS })
  }

  /** Whether so many photos are there; one the tablet has doubts about is kept all the same. */
  async kept_photo(wanted) {
    if ((await this.count(named('poor-keep'))) === 1) await this.app.tap(named('poor-keep'))
    return (await this.count(named('photo'))) === wanted
  }

  /** Takes the step's only photo out and takes another. */
  async retake(path) {
    await this.app.tap(named('retake'))
    await until('the photo is gone', async () => (await this.count(named('photo'))) === 0, { deadline_ms: PATIENCE_MS })
    await this.photo(path)
  }

  /** What the photo of the display says of the register it shows, once the tablet has looked. */
  async displaySays(...wanted) {
    const card = async () => (await this.app.see(named('shown'))).getAttribute('data-says')
    return await until(`the photo says ${wanted.join(' or ')}`, async () => {
      const word = await card()
      return wanted.includes(word) && word
    }, { deadline_ms: PATIENCE_MS })
  }

  /** The value that stands beside the photo from one source, without its gaps. */
  async displayShows(source) {
    return (await (await this.app.see(named(`shown-${source}`))).getText()).replace(/\s/g, '')
  }

  /** Photographs the display until the tablet can read it. */
  async legible(pictures) {
    const [first, ...others] = pictures
    await this.photo(first)
    for (const other of others) {
      if ((await this.displaySays('proposes', 'unsure')) === 'proposes') return
      await this.retake(other)
    }
    await this.displaySays('proposes')
  }

  /** A number read from a picture. */
  async picture(path) {
    await this.app.tap(named('choose-image'))
    await this.app.choose(named('file'), path)
  }

  async types(values) {
    for (const [register, value] of Object.entries(values)) await this.app.type(named(`number-${register}`), value)
  }

  async typedSoFar(register) {
    const value = await (await this.app.see(named(`number-${register}`))).getAttribute('value')
    return value.replace(/\s/g, '')
  }

  /** A pen stroke over the pad; each point is across and down, in parts of its size from its middle. */
  async stroke(points) {
    const pad = await this.app.see(named('signature'))
    const { width, height } = await pad.getRect()
    const at = ([x, y]) => ({ origin: pad, x: Math.round(x * width), y: Math.round(y * height), duration: 30 })
    const [first, ...rest] = points.map(at)
    let pen = this.app.driver.actions({ async: true }).move(first).press()
    for (const point of rest) pen = pen.move(point)
    await pen.release().perform()
  }

  async site(photos) {
    await this.goes('拍现场全景')
    await this.look('site-before')
    await this.photo(photos('site'))
    await this.look('site')
    await this.press('照片齐了，返回工单')
    await this.proposed('扫描旧表')
  }

  async oldMeter(photos) {
    await this.goes('扫描旧表')
    await this.look('old-meter')
    await this.picture(photos('old-label'))
    await this.proposed('抄录旧表示数')
  }

  async oldReading(photos, work) {
    await this.goes('抄录旧表示数')
    await this.photo(photos('old-display'))
    await this.types(work.old_values)
    await this.look('old-reading')
    await this.press('保存示数')
    await this.proposed('扫描新表')
  }

  async newMeter(photos) {
    await this.goes('扫描新表')
    await this.picture(photos('new-label'))
    await this.proposed('抄录新表示数')
  }

  async newReading(photos, work) {
    await this.goes('抄录新表示数')
    await this.photo(photos('new-display'))
    await this.types(work.new_values)
    await this.look('new-reading')
    await this.press('保存示数')
    await this.proposed('登记封印')
  }

  /** From the reading step that is open, asks the meter at this port. */
  async asksMeter(port) {
    await this.app.tap(named('read-infrared'))
    await this.startsAgainAt(port)
  }

  async startsAgainAt(port) {
    await this.app.type(named('meter-port-typed'), port)
    await this.look('port')
    await this.app.tap(named('meter-start'))
  }

  /** Waits for the last item and takes the readout back to the reading step. */
  async used() {
    await this.app.see(named('meter-use'))
    await this.look('said')
    await this.app.tap(named('meter-use'))
    await this.app.see(named('meter-fill'))
  }

  /** What the device answers to one of its commands. */
  async asks(command, args) {
    const ask = 'window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]).then(arguments[2])'
    return await this.app.driver.executeAsyncScript(ask, command, args)
  }

  /** What the device keeps of a step's unconfirmed input. */
  async draft(order, step) {
    return JSON.parse(await this.asks('draft', { order, step }))
  }

  /** One of the seals on record hangs there no more: the tablet asks, and gets a reason. */
  async seals(photos, work) {
    await this.sealed(photos, work, '请客户签名')
  }

  /** The same, with another step than the signature to come. */
  async sealed(photos, work, next) {
    await this.goes('登记封印')
    await this.photo(photos('seal'))
    await this.app.tap(named('known-seal'))
    await this.app.type(named('seal-added'), work.seal_no)
    await this.app.tap(named('seal-add-added'))
    await this.look('seals')
    await this.press('保存封印')
    await this.app.tap(named('answer-overrule'))
    await this.app.type(named('reason'), '现场没有这枚封印')
    await this.look('seals-question')
    await this.app.tap(named('confirm-reason'))
    await this.proposed(next)
  }

  async toThePad() {
    await this.goes('请客户签名')
    await this.app.see(named('signer'))
    await this.look('form')
    await this.press('请客户签名')
    await this.app.see(named('signature'))
  }

  async signs() {
    for (const stroke of SIGNATURE) await this.stroke(stroke)
    await this.look('signature')
    await this.press('保存签名')
    await this.proposed('交工单')
  }

  async handsIn() {
    await this.look('all-steps')
    await this.press('交工单')
    await this.app.reads('已交，等班长审核')
  }

  /** Asks the office for news at once, instead of waiting for the tablet to ask by itself. */
  async syncsNow() {
    await this.app.tap(named('delivery'))
    await this.press('立即同步')
    await this.look('sync-now')
    await this.app.tap(named('back'))
  }

  /** Waits for the word of the order in sight that says how far its news has got. */
  async delivered(word, deadline_ms = 60_000) {
    const says = `return document.querySelector('${named('order-delivery')}')?.textContent.trim() ?? ''`
    await until(`the order says ${word}`, async () => (await this.app.driver.executeScript(says)) === word, { deadline_ms })
  }

  async wholeReplacement(photos, work) {
    await this.site(photos)
    await this.oldMeter(photos)
    await this.oldReading(photos, work)
    await this.newMeter(photos)
    await this.newReading(photos, work)
    await this.seals(photos, work)
    await this.toThePad()
    await this.signs()
    await this.handsIn()
  }

  async couldNot(reason, remark) {
    await this.app.tap(named('could-not'))
    await this.app.tap(named(`reason-${reason}`))
    await this.app.type(named('remark'), remark)
    await this.look('could-not-why')
    await this.press('按无法完成交出')
    await this.app.reads('已记为无法完成')
  }

  /** Out of the cabinet by its label's picture; the tally then says so. */
  async picksUp(label, tally) {
    await this.app.tap(named('pick-up'))
    await this.picture(label)
    await this.app.reads(tally)
    await this.press('清点完成')
  }

  /** Waits until what the device keeps of a step's unconfirmed input is as wanted. */
  async kept(order, step, wanted) {
    await until(`the device keeps what was put in at ${step}`, async () => wanted(await this.draft(order, step)))
  }

  /** Opens a step of the order in sight out of turn. */
  async opensStep(step) {
    await this.app.tap(`${named(`step-${step}`)} button`)
  }

  async cameraIs(state) {
    await this.app.see(`${named('camera')}[data-state="${state}"]`)
  }

  /** Keeps hold of the camera in sight, to be asked about when its screen is gone. */
  async remembersCamera() {
    const hold = "window.held_camera = document.querySelector('video').srcObject.getVideoTracks()[0]"
    await this.app.driver.executeScript(hold)
    assert.equal(await this.rememberedCamera(), 'live')
  }

  async rememberedCamera() {
    return await this.app.driver.executeScript('return window.held_camera.readyState')
  }

  /** From now on the system says no when the page asks for the camera. */
  async deniesCamera() {
    // on the prototype: WebKit may forget what hangs on the object itself when it collects garbage
    const deny = "MediaDevices.prototype.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
    await this.app.driver.executeScript(deny)
  }

  async count(css) {
    return (await this.app.driver.findElements(By.css(css))).length
  }
}

/** A name in two strokes. */
export const SIGNATURE = [
  [[-0.3, -0.1], [-0.2, 0.15], [-0.1, -0.2], [0, 0.1]],
  [[0.05, -0.2], [0.1, 0.2], [0.2, -0.1], [0.3, 0.1]],
]

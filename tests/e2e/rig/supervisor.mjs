// What a supervisor does on the desk's page.
import { openBoard } from './board.mjs'

const named = (name) => `[data-test="${name}"]`

export class Supervisor {
  constructor(board, album) {
    this.board = board
    this.page = board.page
    this.album = album
    this.shots = 0
  }

  /** Opens the page and signs in. */
  static async signsIn(url, { name, password }, album) {
    const supervisor = new Supervisor(await openBoard(url), album)
    await supervisor.page.fill(named('name'), name)
    await supervisor.page.fill(named('password'), password)
    await supervisor.look('sign-in')
    await supervisor.page.click(named('sign-in-do'))
    await supervisor.page.waitForSelector(named('queue'))
    return supervisor
  }

  async look(name) {
    this.shots += 1
    await this.board.screenshot(`${this.album}-desk-${String(this.shots).padStart(2, '0')}-${name}`)
  }

  /** Opens the order, once it is on the list and all its evidence has come. */
  async opens(order_no) {
    await this.page.click(named(`row-${order_no}`))
    await this.page.waitForSelector(`${named('who')}:has-text("${order_no}")`)
    await this.page.waitForSelector(`${named('approve')}:enabled`)
  }

  /** Pins a remark in the middle of the step's photo and sends the order back. */
  async returns(step, remark) {
    await this.page.click(`${named('strip')} button[title="${step}"]`)
    await this.page.waitForSelector(`${named('pane-left')} figcaption:has-text("${step}")`)
    await this.page.waitForFunction(
      (pane) => (document.querySelector(`${pane} img`)?.naturalWidth ?? 0) > 0,
      named('pane-left'),
    )
    await this.page.click(named('pane-left'))
    await this.page.fill(named('remark-text'), remark)
    await this.look('remark')
    await this.page.click(named('return'))
    await this.page.click(named('confirm'))
    await this.page.waitForSelector('text=已退回：')
    await this.look('returned')
  }

  /** What the machine saw, row by row, once its pieces of pictures are there. */
  async saw() {
    const rows = this.page.locator(`${named('seen')} tr`)
    await rows.last().scrollIntoViewIfNeeded()
    await this.page.waitForFunction(
      (images) => [...document.querySelectorAll(images)].every((image) => image.naturalWidth > 0),
      `${named('seen')} img`,
    )
    return await rows.evaluateAll((all) =>
      all.map(({ dataset }) => ({ step: dataset.step, read: dataset.read, verdict: dataset.verdict })),
    )
  }

  async approves() {
    await this.look('again')
    await this.page.click(named('approve'))
    await this.look('sure')
    await this.page.click(named('confirm'))
    await this.page.waitForSelector('text=已通过：')
  }

  close() {
    return this.board.close()
  }
}

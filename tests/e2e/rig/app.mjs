// The real app in its real WebView, driven by WebDriver.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { Builder, By, Capabilities, error, until as seen } from 'selenium-webdriver'

import { display, freePort, listens, until } from '../../../scripts/children.mjs'
import { command, program, root } from '../../../scripts/places.mjs'

/** Where screenshots go; not committed. */
export const out = join(root, 'tests', 'e2e', 'out')

/** How long the app may take to draw what a step leads to. */
const PATIENCE_MS = 15_000

/**
 * Opens the app on the store in `home/data`, its log beside it; `env` is for this run of it alone.
 * What comes back can be driven, photographed, closed, and killed.
 */
export async function openApp(children, { home, env = {}, size = [1280, 800] }) {
  mkdirSync(home, { recursive: true })
  const screen = await display(children, join(home, 'xvfb.log'), [1280, 1280])
  const port = await freePort()
  const child = children.start(
    command('WebKitWebDriver'),
    ['--host=127.0.0.1', `--port=${port}`],
    {
      log: join(home, 'app.log'),
      env: {
        ...quiet,
        ...env,
        DISPLAY: screen.name,
        METERCREW_DATA: join(home, 'data'),
        // the sample district's clocks
        TZ: 'Asia/Shanghai',
        // makes the app's WebView accept the driver
        TAURI_WEBVIEW_AUTOMATION: 'true',
      },
    },
  )
  await listens(child, port)
  const wanted = new Capabilities({
    browserName: 'wry',
    'webkitgtk:browserOptions': { binary: program('metercrew-app'), args: [] },
  })
  const driver = await new Builder()
    .usingServer(`http://127.0.0.1:${port}`)
    .withCapabilities(wanted)
    .build()
  await driver.manage().window().setRect({ x: 0, y: 0, width: size[0], height: size[1] })
  return new App(children, child, driver)
}

const gapless = (text) => text.replace(/\s/g, '')

/** The app's own surroundings: no accessibility bus to look for, no desktop portal to wait for. */
const quiet = {
  NO_AT_BRIDGE: '1',
  GTK_USE_PORTAL: '0',
  // nor the key store of whoever runs this: the key lies in the folder that goes with the test
  DBUS_SESSION_BUS_ADDRESS: 'disabled:',
}

class App {
  constructor(children, child, driver) {
    this.children = children
    this.child = child
    this.driver = driver
  }

  /** The element, as soon as it is there and can be seen. */
  async see(css) {
    const element = await this.driver.wait(seen.elementLocated(By.css(css)), PATIENCE_MS, `no ${css}`)
    await this.driver.wait(seen.elementIsVisible(element), PATIENCE_MS, `${css} is not visible`)
    return element
  }

  async tap(css) {
    await this.once(css, async (element) => {
      await this.driver.wait(seen.elementIsEnabled(element), PATIENCE_MS, `${css} is not enabled`)
      await element.click()
    })
  }

  /** Does it to the element, once it can be done: the page may draw it anew meanwhile. */
  async once(css, act) {
    for (;;) {
      try {
        return await act(await this.see(css))
      } catch (problem) {
        if (!(problem instanceof error.StaleElementReferenceError)) throw problem
      }
    }
  }

  /** Types over what stands in a field, and waits for the last key: fields may group digits by gaps. */
  async type(css, text) {
    await this.once(css, async (element) => {
      await element.clear()
      await element.sendKeys(text)
    })
    const typed = async () => gapless(await (await this.see(css)).getAttribute('value')) === gapless(text)
    await until(`${css} holds “${text}”`, typed, { deadline_ms: PATIENCE_MS })
  }

  /** Hands a file to a file input, which need not be visible. */
  async choose(css, path) {
    const input = await this.driver.wait(seen.elementLocated(By.css(css)), PATIENCE_MS, `no ${css}`)
    await input.sendKeys(path)
  }

  /** Waits until the page says something. */
  async reads(text) {
    const said = async () => (await this.driver.findElement(By.css('body')).getText()).includes(text)
    await until(`the app says “${text}”`, said, { deadline_ms: PATIENCE_MS })
  }

  async screenshot(name) {
    mkdirSync(out, { recursive: true })
    // what was done last is on the screen after the next frame
    await this.driver.executeAsyncScript('requestAnimationFrame(() => requestAnimationFrame(arguments[0]))')
    const path = join(out, `${name}.png`)
    writeFileSync(path, Buffer.from(await this.driver.takeScreenshot(), 'base64'))
    return path
  }

  /** The number of the app's own process: what the driver has started. */
  pid() {
    const tasks = `/proc/${this.child.pid}/task`
    const pids = readdirSync(tasks).flatMap((task) =>
      readFileSync(join(tasks, task, 'children'), 'utf8').trim().split(/\s+/).filter(Boolean),
    )
    const ours = pids.map(Number).filter((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('metercrew'))
    if (ours.length !== 1) throw new Error(`the app's process is not to be told among ${pids.join(' ')}`)
    return ours[0]
  }

  /** Ends the app as a flat battery would. */
  async kill() {
    process.kill(this.pid(), 'SIGKILL')
    await this.children.end(this.child)
  }

  async close() {
    await this.driver.quit().catch(() => {})
    await this.children.end(this.child)
  }
}

// The supervisor's page in a real browser.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { chromium } from 'playwright-core'

import { command } from '../../../scripts/places.mjs'
import { out } from './app.mjs'

/** What keeps the browser from looking at anything but the page, and lets it run as root. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Opens the page; `size` is the window's width and height. */
export async function openBoard(url, { size = [1440, 900] } = {}) {
  const browser = await chromium.launch({ executablePath: command('chromium', 'google-chrome'), args: ARGS })
  const page = await browser.newPage({
    viewport: { width: size[0], height: size[1] },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  const complaints = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(url)
  return {
    page,
    /** What the page's scripts failed on. */
    complaints,
    async screenshot(name) {
      mkdirSync(out, { recursive: true })
      const path = join(out, `${name}.png`)
      await page.screenshot({ path })
      return path
    },
    close: () => browser.close(),
  }
}

// The app's window by itself: it opens on a new tablet, and again after a flat battery.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { Children } from '../../scripts/children.mjs'
import { openApp } from './rig/app.mjs'

const children = new Children()
let home
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'metercrew-app-'))
})
after(async () => {
  await children.endAll()
  await rm(home, { recursive: true, force: true })
})

test('a new tablet asks to be enrolled, upright and lying, and so it does after kill -9', async () => {
  const app = await openApp(children, { home })
  await app.reads('注册这台平板')
  await app.screenshot('enrol-lying')
  await app.kill()
  const again = await openApp(children, { home, size: [800, 1280] })
  await again.reads('注册这台平板')
  await again.screenshot('enrol-upright')
  const wide = await again.driver.executeScript('return document.documentElement.scrollWidth')
  assert.ok(wide <= 800, `the page is ${wide} pixels wide on a tablet of 800`)
  await again.close()
})

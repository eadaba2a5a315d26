// Stories about tablets of one made-up district: what each needs around it, and an end for all it started.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { Children } from '../../../scripts/children.mjs'
import { openApp } from './app.mjs'
import { District } from './district.mjs'

/** The stories of one file, with a folder and a district of their own from the first test on. */
export function storybook(name) {
  const book = { children: new Children(), folder: undefined, district: undefined, story }
  before(async () => {
    book.folder = await mkdtemp(join(tmpdir(), `metercrew-${name}-`))
    book.district = new District(book.children, join(book.folder, 'district'))
  })
  after(async () => {
    await book.children.endAll()
    await rm(book.folder, { recursive: true, force: true })
  })

  /** A test whose tablets are closed when it ends, and photographed when it fails. */
  function story(title, tell) {
    test(title, async () => {
      const tablets = new Children()
      const apps = []
      const open = async (home, more = {}) => {
        apps.push(await openApp(tablets, { home: join(book.folder, home), ...more }))
        return apps.at(-1)
      }
      try {
        await tell(open)
      } catch (failure) {
        // a tablet that was killed shows nothing any more
        for (const [at, app] of apps.entries()) await app.screenshot(`failed-${at}`).catch(() => {})
        throw failure
      } finally {
        await tablets.endAll()
      }
    })
  }
  return book
}

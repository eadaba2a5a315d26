// The rig itself: what it starts it also ends, and a browser shows the page it is given.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { Children, display, freePort, listens, until } from '../../scripts/children.mjs'
import { openBoard } from './rig/board.mjs'

let folder
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metercrew-rig-'))
})
after(() => rm(folder, { recursive: true, force: true }))

function runs(pid) {
  try {
    // a process that ended and was not yet waited for still has its folder
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

test('a program is ended together with what it started', async () => {
  const children = new Children()
  const log = join(folder, 'family.log')
  const parent = children.start('sh', ['-c', 'sleep 600 & echo $!; wait'], { log })
  const grandchild = await until('the grandchild runs', () => Number(readFileSync(log, 'utf8')) || undefined)
  assert.ok(runs(grandchild))
  await children.endAll()
  assert.ok(!runs(parent.pid))
  await until('the grandchild has ended', () => !runs(grandchild))
})

test('a program that ignores being asked is ended all the same', async () => {
  const children = new Children({ patience_ms: 200 })
  const log = join(folder, 'stubborn.log')
  const child = children.start('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 1; done'], { log })
  await until('it runs', () => readFileSync(log, 'utf8').includes('ready'))
  await children.end(child)
  assert.ok(!runs(child.pid))
})

test('a program that ends before it listens is reported with its last words', async () => {
  const children = new Children()
  const log = join(folder, 'short.log')
  const child = children.start('sh', ['-c', 'echo no such ledger >&2; exit 3'], { log })
  await assert.rejects(listens(child, await freePort()), /no such ledger/)
})

test('a virtual display begins and ends', async () => {
  const children = new Children()
  const kept = process.env.DISPLAY
  delete process.env.DISPLAY
  try {
    const screen = await display(children, join(folder, 'xvfb.log'))
    assert.ok(screen.virtual)
    assert.match(screen.name, /^:\d+$/)
  } finally {
    if (kept !== undefined) process.env.DISPLAY = kept
    await children.endAll()
  }
})

test('a browser shows a page in Chinese', async () => {
  const board = await openBoard('data:text/html;charset=utf-8,<h1>换表</h1>')
  try {
    assert.equal(await board.page.textContent('h1'), '换表')
    assert.deepEqual(board.complaints, [])
  } finally {
    await board.close()
  }
})

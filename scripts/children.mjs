// Programs we start: each in a process group of its own, its output in a file, and ended by its
// number when we end, however we end.
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { dirname } from 'node:path'

/** How long a program may take to end by itself after it was asked to. */
const PATIENCE_MS = 5_000

export class Children {
  #running = new Map()
  #patience_ms

  constructor({ patience_ms = PATIENCE_MS } = {}) {
    this.#patience_ms = patience_ms
  }

  /**
   * Starts a program whose output goes to a file.
   * `wanted` is a child's stdio beyond the usual three; `input` its standard input.
   */
  start(command, args, { log, env = {}, cwd, wanted = [], input = 'ignore' }) {
    mkdirSync(dirname(log), { recursive: true })
    const file = openSync(log, 'a')
    const process_ = spawn(command, args, {
      cwd,
      detached: true,
      env: { ...process.env, ...env },
      stdio: [input, file, file, ...wanted],
    })
    closeSync(file)
    const child = { command, pid: process_.pid, process: process_, log, exited: undefined, code: undefined }
    child.exited = new Promise((resolve) => {
      process_.once('error', (error) => resolve({ error }))
      process_.once('exit', (code, signal) => resolve({ code, signal }))
    }).then((how) => {
      child.code = how
      this.#running.delete(child.pid)
      return how
    })
    if (child.pid !== undefined) this.#running.set(child.pid, child)
    return child
  }

  /** Asks a program and what it started to end, and ends them if they do not. */
  async end(child) {
    if (child.code !== undefined) return
    signal(child.pid, 'SIGTERM')
    const ended = await Promise.race([child.exited, pause(this.#patience_ms)])
    signal(child.pid, 'SIGKILL')
    if (ended === undefined) await child.exited
  }

  /** Ends all, the last started first. */
  async endAll() {
    for (const child of [...this.#running.values()].reverse()) await this.end(child)
  }

  /** Ends all at once, for when we cannot wait. */
  killAll() {
    for (const pid of this.#running.keys()) signal(pid, 'SIGKILL')
  }
}

function signal(pid, name) {
  try {
    process.kill(-pid, name)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}

/** Asks until the answer is neither false nor nothing; fails after the deadline, saying why. */
export async function until(what, ask, { deadline_ms = 30_000, every_ms = 50 } = {}) {
  const end = Date.now() + deadline_ms
  let last
  while (Date.now() < end) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== null && answer !== false) return answer
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, every_ms))
  }
  throw new Error(`${what}: not within ${deadline_ms} ms`, { cause: last })
}

/** A port on loopback that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** Waits until a program of ours listens on a port, or fails with the last it said. */
export async function listens(child, port) {
  await until(`${child.command} listens on ${port}`, async () => {
    if (child.code !== undefined) return 'ended'
    return await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('close', () => resolve(false))
      socket.once('connect', () => socket.end())
    })
  })
  if (child.code !== undefined) throw new Error(`${child.command} ended:\n${lastLines(child.log)}`)
}

export function lastLines(log, count = 12) {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
}

/**
 * The display to draw on: the one there is, else a virtual one that ends with us.
 * `size` is its width and height in pixels.
 */
export async function display(children, log, size = [1280, 900]) {
  if (process.env.DISPLAY) return { name: process.env.DISPLAY, virtual: false }
  return { name: await virtualDisplay(children, log, size), virtual: true }
}

/** The name of a new virtual display of that size; `more` is for Xvfb. */
export async function virtualDisplay(children, log, size, more = []) {
  const screen = `${size[0]}x${size[1]}x24`
  // Xvfb takes the first free number and writes it to the descriptor
  const args = ['-displayfd', '3', '-screen', '0', screen, '-nolisten', 'tcp', ...more]
  const xvfb = children.start('Xvfb', args, { log, wanted: ['pipe'] })
  return await new Promise((resolve, reject) => {
    let text = ''
    xvfb.process.stdio[3].on('data', (bytes) => {
      text += bytes
      if (text.includes('\n')) resolve(`:${text.trim()}`)
    })
    xvfb.exited.then(() => reject(new Error(`Xvfb ended:\n${lastLines(log)}`)))
  })
}

// What a virtual display shows, read from the file it draws into: a window is watched from outside,
// with no driver in it that would slow it down.
import { openSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { virtualDisplay } from './children.mjs'

/** Entries of the colour table between the file's header and its pixels, 12 bytes each (XWD). */
const COLOUR_BYTES = 12

/** Both headers of a picture file without a colour table. */
const BMP_HEADER = 54

/** How often the display is looked at: the grain of every time measured by it. */
const LOOK_MS = 4

/** Two shades are the same that differ by no more: edges of letters are not drawn alike every time. */
const SHADE = 8

/** A display of this size, which ends with the children, and its picture. */
export async function watchedDisplay(children, folder, [width, height]) {
  const name = await virtualDisplay(children, join(folder, 'xvfb.log'), [width, height], ['-fbdir', folder])
  return new Framebuffer(name, join(folder, 'Xvfb_screen0'))
}

export class Framebuffer {
  #file
  #at
  #line
  #frame

  constructor(name, path) {
    this.name = name
    this.#file = openSync(path, 'r')
    const header = Buffer.alloc(100)
    readSync(this.#file, header, 0, header.length, 0)
    const field = (n) => header.readUInt32BE(n * 4)
    this.width = field(4)
    this.height = field(5)
    this.#line = field(12)
    this.#at = field(0) + field(19) * COLOUR_BYTES
    if (field(11) !== 32 || this.#line !== this.width * 4) throw new Error(`${path}: not 32 bits a pixel`)
    this.#frame = new Uint32Array(this.width * this.height)
  }

  /** The pixels as they are now, one number each. The same array every time. */
  now() {
    const bytes = this.#line * this.height
    const got = readSync(this.#file, Buffer.from(this.#frame.buffer), 0, bytes, this.#at)
    if (got !== bytes) throw new Error(`the display's file has ${got} of ${bytes} bytes`)
    return this.#frame
  }

  /**
   * Watches until the screen is like `like`, or whatever it becomes, and nothing on it has changed for
   * `quiet_ms`. Two screens are alike when at most `spare` of their pixels differ: a scroll bar that
   * fades away is no news. Answers with the screen, and with the moment since when it has been like
   * this, by `performance.now()`. Fails after the deadline, or when `over()` says that it is over.
   */
  async settled({ like, quiet_ms, spare, deadline_ms, over }) {
    const end = performance.now() + deadline_ms
    let frame = this.now().slice()
    let goal = like ?? frame
    let [drawnAt, changedAt] = [undefined, performance.now()]
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      const now = performance.now()
      if (!same(this.now(), frame)) {
        frame = this.#frame.slice()
        changedAt = now
        if (differing(frame, goal) <= frame.length * spare) {
          drawnAt ??= now
        } else {
          drawnAt = like === undefined ? now : undefined
          goal = like ?? frame
        }
      }
      if (drawnAt !== undefined && now - changedAt > quiet_ms) return { frame, drawnAt }
      if (over()) throw new Error('the window is gone')
      if (now > end) throw new Error(`the screen did not become what it should within ${deadline_ms} ms`)
    }
  }

  /** Keeps the screen as a picture (BMP), for whoever wants to see what was measured. */
  save(path) {
    const header = Buffer.alloc(BMP_HEADER)
    header.write('BM', 0, 'latin1')
    header.writeUInt32LE(BMP_HEADER + this.#frame.byteLength, 2)
    header.writeUInt32LE(BMP_HEADER, 10)
    header.writeUInt32LE(40, 14)
    header.writeInt32LE(this.width, 18)
    // below zero: the top row first
    header.writeInt32LE(-this.height, 22)
    header.writeUInt16LE(1, 26)
    header.writeUInt16LE(32, 28)
    writeFileSync(path, Buffer.concat([header, Buffer.from(this.now().buffer)]))
  }
}

function same(a, b) {
  return Buffer.from(a.buffer).equals(Buffer.from(b.buffer))
}

/** How many pixels differ to the eye. */
function differing(a, b) {
  let count = 0
  for (let n = 0; n < a.length; n += 1) if (a[n] !== b[n] && apart(a[n], b[n]) > SHADE) count += 1
  return count
}

/** How far the channel that differs most differs, of 255. */
function apart(a, b) {
  const channel = (shift) => Math.abs(((a >> shift) & 0xff) - ((b >> shift) & 0xff))
  return Math.max(channel(16), channel(8), channel(0))
}

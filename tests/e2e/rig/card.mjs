// A prepaid card of ours in a real PC/SC reader: what a customer hands to the crew.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { until } from '../../../scripts/children.mjs'
import { program } from '../../../scripts/places.mjs'

const run = promisify(execFile)

/** Puts the card that lives in `file` into the reader. */
export async function insertCard(children, file, log) {
  const card = new Card(children.start(program(join('examples', 'virtual_card')), [file], { log, input: 'pipe' }), log)
  await card.says('in')
  return card
}

class Card {
  #read = 0

  constructor(child, log) {
    this.child = child
    this.log = log
  }

  /** The card is pulled at its `n`-th write from now, half of which is stored. */
  async tears(n) {
    await this.#asked(`tear ${n} first_half`, 'tear')
  }

  /** The card stores its `n`-th write from now and says nothing any more: time to kill who waits. */
  async fallsSilent(n) {
    await this.#asked(`silent ${n}`, 'silent')
  }

  /** Pulled, and not put back. */
  async out() {
    await this.#asked('out', 'out')
  }

  /** Put back in, wherever it is. */
  async backIn() {
    await this.#asked('in', 'in')
  }

  /** Waits until that many writes were heard since the card's program began. */
  async heard(writes) {
    await this.says(`write ${writes}`)
  }

  async #asked(words, answer) {
    this.#read = readFileSync(this.log, 'utf8').length
    this.child.process.stdin.write(`${words}\n`)
    await this.says(answer)
  }

  async says(line) {
    await until(`the card says ${line}`, () => readFileSync(this.log, 'utf8').slice(this.#read).split('\n').includes(line))
  }
}

/** Pushes the card that lives in `card` into the meter that lives in `meter`; answers with what it did. */
export async function insertIntoMeter(card, meter, number) {
  const asked = ['card', 'try', '--json', '--card', card, '--meter', meter, '--new', number]
  const { stdout } = await run(program('metercrew'), asked).catch((failed) => failed)
  return JSON.parse(stdout)
}

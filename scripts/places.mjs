// Where things are in the repository and in what was built from it.
import { existsSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** Where Cargo builds. */
export const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target')

/** A program of ours, as `cargo build` leaves it. */
export function program(name) {
  return join(target, 'debug', name)
}

/** The same as it is measured: `cargo build --profile bench`. */
export function optimised(name) {
  return join(target, 'release', name)
}

/** The pages, as `vite build` leaves them. */
export const pages = join(root, 'ui', 'dist')

/** The first of these commands that is on PATH. */
export function command(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(folder, name)
      if (existsSync(path)) return path
    }
  }
  throw new Error(`none of ${names.join(', ')} is on PATH; scripts/setup installs it`)
}

// A link that can be cut: a port that passes bytes on until a given number has gone up.
import { connect, createServer } from 'node:net'

/** Opens a link to a port on loopback; `cuts` are the bytes after which each next connection ends. */
export async function openLink(port, cuts) {
  const left = [...cuts]
  const open = new Set()
  const made = { cut: 0 }
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    let up = 0
    const limit = () => left[0] ?? Infinity
    near.on('data', (bytes) => {
      up += bytes.length
      if (up >= limit()) {
        left.shift()
        made.cut += 1
        near.destroy()
        far.destroy()
        return
      }
      if (!far.write(bytes)) near.pause()
    })
    far.on('drain', () => near.resume())
    far.pipe(near)
    near.on('end', () => far.end())
    for (const side of [near, far]) {
      open.add(side)
      side.on('close', () => open.delete(side))
      side.on('error', () => {
        near.destroy()
        far.destroy()
      })
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    made,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
        for (const side of open) side.destroy()
      }),
  }
}

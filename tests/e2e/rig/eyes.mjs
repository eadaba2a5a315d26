// Pictures for cameras: in the app's WebView as the stream of a canvas, in Chromium as the browser's own fake camera.
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { chromium } from 'playwright-core'
import { build, preview } from 'vite'

import { command, program, root } from '../../../scripts/places.mjs'
import { wall } from '../../../scripts/screens/label.mjs'

const run = promisify(execFile)

const BROWSER = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/**
 * From now on the WebView's camera shows this picture (PNG or JPEG): its stream is a canvas that is drawn again and
 * again, as a camera's frames come. On the prototype: WebKit may forget what hangs on the object itself.
 */
export async function showToWebView(app, path) {
  const picture = `data:image/${path.endsWith('.png') ? 'png' : 'jpeg'};base64,${readFileSync(path).toString('base64')}`
  const show = `const [address, done] = arguments
    const image = new Image()
    image.onload = () => {
      const canvas = document.createElement('canvas')
      canvas.width = 1280
      canvas.height = 720
      const pen = canvas.getContext('2d')
      const draw = () => {
        pen.fillStyle = '#8c8a82'
        pen.fillRect(0, 0, 1280, 720)
        const scale = Math.min(1000 / image.width, 600 / image.height)
        const [width, height] = [image.width * scale, image.height * scale]
        pen.drawImage(image, (1280 - width) / 2, (720 - height) / 2, width, height)
      }
      draw()
      setInterval(draw, 100)
      MediaDevices.prototype.getUserMedia = () => Promise.resolve(canvas.captureStream(10))
      done('shown')
    }
    image.onerror = () => done('not drawn')
    image.src = address`
  const shown = await app.driver.executeAsyncScript(show, picture)
  if (shown !== 'shown') throw new Error(`the picture was ${shown}`)
}

/** The tablet's page over a made-up day, as a server that is ended by `close`. */
export async function madeUpPage(folder) {
  process.env.VITE_FAKE = '1'
  const outDir = join(folder, 'page')
  const configFile = join(root, 'ui', 'vite.config.ts')
  await build({ configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } })
  const server = await preview({ configFile, build: { outDir }, preview: { host: '127.0.0.1', port: 0, strictPort: false } })
  const { port } = server.httpServer.address()
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() }
}

/** Opens the page in Chromium before a camera that shows these things; codes are read by our own reader. */
export async function openBeforeCamera(folder, url, things) {
  const camera = join(folder, 'camera.mjpeg')
  const easel = await launch([])
  const sheet = await easel.newPage({ viewport: { width: 1280, height: 720 } })
  await sheet.setContent(wall(things))
  await sheet.screenshot({ path: camera, type: 'jpeg', quality: 90 })
  await easel.close()

  const browser = await launch(['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-video-capture=${camera}`])
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'zh-CN', permissions: ['camera'] })
  const page = await context.newPage()
  const complaints = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  let looks = 0
  await page.exposeFunction('metercrew_reader', async (picture) => {
    const file = join(folder, `frame-${(looks += 1)}.jpg`)
    writeFileSync(file, Buffer.from(picture, 'base64'))
    return JSON.parse((await run(program('metercrew'), ['scan', '--json', file])).stdout).codes
  })
  await page.goto(url)
  return { page, complaints, close: () => browser.close() }
}

function launch(more) {
  return chromium.launch({ executablePath: command('chromium', 'google-chrome'), args: [...BROWSER, ...more] })
}

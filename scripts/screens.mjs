// Draws every screen of the tablet in both orientations, and the supervisor's desk, into docs/screens/: from a made-up
// day, without a device or a gateway. Variants of the same screens (dark, large text, the smaller desk) go to target/screens/.
//
// npm run screens            all of them
// npm run screens -- NAME    those whose name contains NAME
import { createServer } from 'node:http';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import * as desk from './screens/desk.mjs';
import { meter, wall } from './screens/label.mjs';
import * as tablet from './screens/tablet.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = process.env.SCREENS_OUT ?? join(root, 'docs/screens');
const beside = process.env.SCREENS_OUT ?? join(root, 'target/screens');
const only = process.argv[2] ?? '';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const CHROMIUM = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

/** Serves a folder on a free port of loopback. */
function serve(folder) {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    try {
      const body = readFileSync(join(folder, path === '/' ? 'index.html' : path));
      response.setHeader('content-type', TYPES[extname(path)] ?? 'text/html').end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function launch(args) {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...CHROMIUM, ...args] });
}

/** A made-up meter drawn as what the camera sees; answers with the option that shows it. */
async function cameraFile(file) {
  const drawer = await launch([]);
  const page = await drawer.newPage({ viewport: { width: 1280, height: 720 } });
  await page.setContent(wall([meter('3330001001234567890124')]));
  await page.screenshot({ path: file, type: 'jpeg', quality: 90 });
  await drawer.close();
  return [`--use-file-for-fake-video-capture=${file}`];
}

const PLACE = { locale: 'zh-CN', timezoneId: 'Asia/Shanghai', deviceScaleFactor: 1 };
const NOON = { tablet: '2026-08-14T09:42:00+08:00', desk: '2026-08-14T12:05:00+08:00' };

/** Draws one picture; answers with what is wrong on it. */
async function draw(context, { address, at, ready, act, faults, file }) {
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.clock.setFixedTime(new Date(at));
  await page.goto(address);
  await page.locator(ready).first().waitFor();
  if (act) await act(page);
  await page.locator('[data-test=camera][data-state=starting]').waitFor({ state: 'detached' });
  await page.waitForTimeout(250);
  const said = [...errors, ...(await page.evaluate(faults))];
  await page.screenshot({ path: file });
  await page.close();
  return said;
}

const folder = mkdtempSync(join(tmpdir(), 'metercrew-screens-'));
let failed = 0;
let server;
let browser;
function report(name, said) {
  if (said.length === 0) return;
  failed += 1;
  console.log(`${name}:\n  ${said.join('\n  ')}`);
}
try {
  process.env.VITE_FAKE = '1';
  await build({
    configFile: join(root, 'ui/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  server = await serve(folder);
  const home = `http://127.0.0.1:${server.address().port}`;
  browser = await launch(await cameraFile(join(folder, 'camera.mjpeg')));
  for (const place of [out, beside]) mkdirSync(place, { recursive: true });
  for (const [orientation, viewport] of Object.entries(tablet.sizes)) {
    const context = await browser.newContext({ ...PLACE, viewport, isMobile: true, hasTouch: true, permissions: ['camera'] });
    for (const { name, route, query = {}, act, aside } of tablet.screens.filter((screen) => screen.name.includes(only))) {
      const address = `${home}/?${new URLSearchParams({ ...query, ...(route ? { route } : {}) })}`;
      const file = join(aside ? beside : out, `${name}-${orientation}.png`);
      report(`${name} (${orientation})`, await draw(context, { address, at: NOON.tablet, ready: '.screen', act, faults: tablet.faults, file }));
    }
    await context.close();
  }
  for (const { suffix, viewport, aside } of desk.sizes) {
    for (const { name, act, aside: extra } of desk.screens.filter((screen) => screen.name.includes(only))) {
      // A context of its own: the desk keeps its language and its sign-in.
      const context = await browser.newContext({ ...PLACE, viewport });
      const file = join(aside || extra ? beside : out, `${name}${suffix}.png`);
      const address = `${home}/board.html`;
      report(`${name} (${viewport.width})`, await draw(context, { address, at: NOON.desk, ready: '[data-test=sign-in]', act, faults: desk.faults, file }));
      await context.close();
    }
  }
} finally {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(failed === 0 ? `screens are in ${out}` : `${failed} screens have something to look at`);
process.exitCode = failed === 0 ? 0 : 1;

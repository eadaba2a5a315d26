// Draws every screen of the app in both orientations into docs/screens/, from a made-up day and without a device.
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

const root = fileURLToPath(new URL('..', import.meta.url));
const out = process.env.SCREENS_OUT ?? join(root, 'docs/screens');
const only = process.argv[2] ?? '';

const replace = 'order/o-17';
const upToSeals = 'new_meter,new_photo,new_reading';
const drawing = JSON.stringify({
  width: 760,
  height: 620,
  strokes: [
    [
      [180, 240, 0],
      [260, 230, 60],
      [330, 220, 120],
    ],
    [
      [250, 170, 300],
      [252, 260, 380],
      [248, 330, 460],
    ],
    [
      [250, 260, 600],
      [200, 320, 660],
      [165, 350, 720],
    ],
    [
      [255, 262, 800],
      [300, 310, 860],
      [345, 345, 930],
    ],
    [
      [420, 190, 1200],
      [520, 185, 1300],
    ],
    [
      [470, 150, 1400],
      [468, 260, 1500],
      [440, 340, 1600],
    ],
    [
      [540, 210, 1800],
      [560, 300, 1900],
      [600, 330, 2000],
      [640, 250, 2100],
    ],
  ],
});
/** What is drawn: a name, the route, what of the made-up day is set, and what is done before the picture. */
const screens = [
  { name: 'enrol', query: { enrolled: '0' }, act: (page) => page.locator('[data-test=choose-typed]').click() },
  { name: 'today', route: 'today' },
  { name: 'today-search', route: 'today', act: (page) => page.locator('[data-test=search]').fill('水口') },
  { name: 'order', route: replace },
  { name: 'order-returned', route: 'order/o-09' },
  { name: 'order-ready', route: replace, query: { done: `${upToSeals},seal_photo,seals,signature` } },
  {
    name: 'pick-up',
    route: 'pick_up',
    act: async (page) => {
      for (const code of ['4130001000000000000029', '1100001000000000000010']) {
        await page.locator('[data-test=choose-typed]').click();
        await page.locator('[data-test=typed-first]').fill(code);
        await page.locator('[data-test=typed-second]').fill(code);
        await page.locator('[data-test=typed-submit]').click();
      }
    },
  },
  { name: 'return-to-stock', route: 'return' },
  { name: 'scan', route: `${replace}/new_meter` },
  {
    name: 'scan-typed',
    route: `${replace}/new_meter`,
    act: async (page) => {
      await page.locator('[data-test=choose-typed]').click();
      await page.locator('[data-test=typed-first]').fill('4130001000000000000029');
      await page.locator('[data-test=typed-second]').fill('4130001000000000000092');
    },
  },
  {
    name: 'scan-refused',
    route: `${replace}/old_meter`,
    act: async (page) => {
      await page.locator('[data-test=scan-again]').click();
      await page.locator('[data-test=choose-typed]').click();
      for (const field of ['first', 'second'])
        await page.locator(`[data-test=typed-${field}]`).fill('4130001000000000000029');
      await page.locator('[data-test=typed-submit]').click();
    },
  },
  { name: 'photo', route: 'order/o-18/site' },
  { name: 'reading-photo', route: 'order/o-22/old_reading' },
  { name: 'reading', route: `${replace}/old_reading` },
  {
    name: 'reading-typing',
    route: 'order/o-22/old_reading',
    act: async (page) => {
      await page
        .locator('[data-test=photo-file]')
        .setInputFiles({ name: 'display.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('made up') });
      await page.locator('[data-test=number-forward_total]').fill('12345.67');
      await page.locator('[data-test=number-forward_total]').press('Enter');
      await page.getByRole('group').getByText('4', { exact: true }).tap();
      await page.getByRole('group').getByText('1', { exact: true }).tap();
    },
  },
  {
    name: 'reading-question',
    route: `${replace}/old_reading`,
    act: async (page) => {
      await page.locator('[data-test=number-forward_t2]').fill('4001.30');
      await page.locator('[data-test=main]').click();
      await page.locator('[data-test=answer-overrule]').click();
    },
  },
  {
    name: 'seals',
    route: `${replace}/seals`,
    query: {
      done: `${upToSeals},seal_photo`,
      'draft:o-17/seals': JSON.stringify({
        removed: [],
        added: [{ seal_no: '00173343', place: 'cover' }],
        typing: { removed: '', added: '0017' },
      }),
    },
  },
  {
    name: 'attach',
    route: 'order/o-20/attach',
    query: {
      'draft:o-20/attach': JSON.stringify({
        rows: [
          { asset_no: '4130001000000000000012', comm_address: '000000000001', measuring_point: '1', answered: 'yes' },
        ],
        typing: '',
      }),
    },
  },
  { name: 'note', route: `${replace}/note` },
  { name: 'sign-form', route: `${replace}/signature`, query: { done: `${upToSeals},seal_photo,seals` } },
  {
    name: 'sign',
    route: `${replace}/signature`,
    query: {
      done: `${upToSeals},seal_photo,seals`,
      'draft:o-17/signature': `{"signer":"李秀兰","stage":"pad","form_hash":"${'f0'.repeat(32)}","drawing":${drawing}}`,
    },
  },
  {
    name: 'could-not-do',
    route: `${replace}/!could-not`,
    query: {
      'draft:o-17/could_not': JSON.stringify({ reason: 'burnt_terminals', remark: '进线端子烧损，需先更换表箱。' }),
    },
  },
  { name: 'sync', route: 'sync' },
  { name: 'sync-waiting', route: 'sync', query: { sync: 'waiting' } },
  { name: 'settings', route: 'settings' },
  { name: 'order-dark', route: replace, query: { theme: 'dark' } },
  { name: 'reading-dark', route: `${replace}/old_reading`, query: { theme: 'dark' } },
  { name: 'order-english', route: replace, query: { lang: 'en' } },
  { name: 'today-200', route: 'today', query: { text: '200' } },
  { name: 'order-200', route: replace, query: { text: '200' } },
  { name: 'reading-200', route: `${replace}/old_reading`, query: { text: '200' } },
  { name: 'today-empty', route: 'today', query: { empty: '1' } },
];
const sizes = { landscape: { width: 1280, height: 800 }, portrait: { width: 800, height: 1280 } };

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
async function label(file) {
  const drawer = await launch([]);
  const page = await drawer.newPage({ viewport: { width: 1280, height: 720 } });
  await page.setContent(`<body style="margin:0;background:linear-gradient(120deg,#a9a69c,#6d6a62);display:grid;place-items:center;height:100vh">
    <div style="width:700px;height:660px;border-radius:36px;background:#eceae2;box-shadow:0 30px 60px #0008;display:grid;place-items:center;padding:40px;box-sizing:border-box;transform:rotate(-1.2deg)">
      <div style="background:#9fb8a0;border-radius:10px;padding:20px 50px;font:700 76px monospace;color:#1b2a1e">000000.00</div>
      <div style="background:#fff;padding:26px 30px 14px;text-align:center;font:26px monospace"><div style="width:520px;height:110px;background:repeating-linear-gradient(90deg,#111 0 3px,#fff 3px 7px,#111 7px 13px,#fff 13px 16px,#111 16px 18px,#fff 18px 25px)"></div>3330001001234567890124</div>
    </div></body>`);
  await page.screenshot({ path: file, type: 'jpeg', quality: 90 });
  await drawer.close();
  return [`--use-file-for-fake-video-capture=${file}`];
}

/** What no screen may have: something wider than the screen, or a target too small for a gloved finger. */
function faults() {
  const found = [];
  const wide = document.documentElement.clientWidth;
  for (const element of document.querySelectorAll('body *')) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || element.closest('.sr-only, svg, .view')) continue;
    if (box.right > wide + 1)
      found.push(
        `overflows by ${Math.round(box.right - wide)} px: ${element.tagName}.${element.className} ${element.textContent?.trim().slice(0, 20)}`,
      );
  }
  for (const element of document.querySelectorAll('button, a[href], input:not(.sr-only), textarea, label.button')) {
    const target = element.closest('label.number, .search') ?? element;
    const box = target.getBoundingClientRect();
    const grown = element.classList.contains('pill') ? 12 : 0;
    if (box.width > 0 && (box.height + grown < 55.5 || box.width < 55.5))
      found.push(
        `target of ${Math.round(box.width)}×${Math.round(box.height)}: ${element.tagName} ${element.textContent?.trim().slice(0, 20) || element.getAttribute('aria-label')}`,
      );
  }
  return found;
}

const folder = mkdtempSync(join(tmpdir(), 'metercrew-screens-'));
let failed = 0;
let server;
let browser;
try {
  process.env.VITE_FAKE = '1';
  await build({
    configFile: join(root, 'ui/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
  server = await serve(folder);
  browser = await launch(await label(join(folder, 'camera.mjpeg')));
  mkdirSync(out, { recursive: true });
  for (const [orientation, viewport] of Object.entries(sizes)) {
    const context = await browser.newContext({
      viewport,
      deviceScaleFactor: 1,
      isMobile: true,
      hasTouch: true,
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
      permissions: ['camera'],
    });
    for (const { name, route, query = {}, act } of screens.filter((screen) => screen.name.includes(only))) {
      const page = await context.newPage();
      const errors = [];
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
      await page.clock.setFixedTime(new Date('2026-08-14T09:42:00+08:00'));
      await page.goto(
        `http://127.0.0.1:${server.address().port}/?${new URLSearchParams({ ...query, ...(route ? { route } : {}) })}`,
      );
      await page.locator('.screen').first().waitFor();
      if (act) await act(page);
      await page.waitForTimeout(250);
      const said = [...errors, ...(await page.evaluate(faults))];
      if (said.length > 0) {
        failed += 1;
        console.log(`${name} (${orientation}):\n  ${said.join('\n  ')}`);
      }
      await page.screenshot({ path: join(out, `${name}-${orientation}.png`) });
      await page.close();
    }
    await context.close();
  }
} finally {
  await browser?.close();
  server?.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(failed === 0 ? `screens are in ${out}` : `${failed} screens have something to look at`);
process.exitCode = failed === 0 ? 0 : 1;

// The supervisor's desk's pictures: which situations of the made-up office, and what none of them may have.

/** Opens the desk as a supervisor does. */
async function enter(page) {
  await page.locator('[data-test=name]').fill('chen');
  await page.locator('[data-test=password]').fill('demo');
  await page.locator('[data-test=sign-in-do]').click();
  await page.locator('[data-test=strip] img').first().waitFor();
}

/** Opens an order of the list and waits for its pictures. */
async function open(page, order) {
  await page.locator(`[data-test=row-${order}]`).click();
  await page.locator(`[data-test=row-${order}][aria-current=true]`).waitFor();
}

/** Pins a remark on the first seal's photo, at the right. */
async function pin(page) {
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('4');
  const box = await page.locator('[data-test=pane-right]').boundingBox();
  await page.mouse.click(box.x + box.width * 0.58, box.y + box.height * 0.47);
  await page.keyboard.type('新表表盖封印编号看不清，请补拍一张近照。');
  await page.keyboard.press('Escape');
}

/** What is drawn: a name and what the supervisor did before; `aside` is looked at, but not kept in docs/. */
export const screens = [
  { name: 'desk-sign-in', act: async () => undefined },
  { name: 'desk-review', act: enter },
  {
    name: 'desk-remark',
    aside: true,
    act: async (page) => {
      await enter(page);
      await pin(page);
    },
  },
  {
    name: 'desk-return',
    act: async (page) => {
      await enter(page);
      await pin(page);
      await page.keyboard.press('r');
    },
  },
  {
    name: 'desk-late',
    act: async (page) => {
      await enter(page);
      await open(page, 'GD-20260814-0044');
    },
  },
  {
    name: 'desk-sources',
    act: async (page) => {
      await enter(page);
      await open(page, 'GD-20260814-0012');
      await page.locator('[data-test=readings]').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'desk-seen',
    act: async (page) => {
      await enter(page);
      await open(page, 'GD-20260814-0012');
      await page.locator('[data-test=seen] tr').last().scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'desk-missing',
    act: async (page) => {
      await enter(page);
      await open(page, 'GD-20260814-0033');
    },
  },
  {
    name: 'desk-come-back',
    aside: true,
    act: async (page) => {
      await enter(page);
      await open(page, 'GD-20260814-0019');
    },
  },
  {
    name: 'desk-large',
    aside: true,
    act: async (page) => {
      await enter(page);
      await page.keyboard.press('f');
    },
  },
  {
    name: 'desk-card',
    act: async (page) => {
      await enter(page);
      await open(page, 'GD-20260814-0036');
      await page.locator('[data-test=card]').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'desk-card-doubt',
    act: async (page) => {
      await enter(page);
      await open(page, 'GD-20260814-0048');
    },
  },
  {
    name: 'desk-card-not-written',
    aside: true,
    act: async (page) => {
      await enter(page);
      await open(page, 'GD-20260814-0059');
      await page.locator('[data-test=card]').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'desk-card-lost',
    aside: true,
    act: async (page) => {
      await enter(page);
      await open(page, 'GD-20260814-0063');
    },
  },
  {
    name: 'desk-cards',
    act: async (page) => {
      await enter(page);
      await page.locator('[data-test=page-cards]').click();
      await page.locator('[data-test=leaves]').waitFor();
    },
  },
  {
    name: 'desk-cards-reissue',
    act: async (page) => {
      await enter(page);
      await open(page, 'GD-20260814-0048');
      await page.locator('[data-test=open-leaf]').click();
      await page.locator('[data-test=leaf-open]').waitFor();
      await page.keyboard.press('r');
      await page.keyboard.type('读卡器断电后卡被客户带走，找不回');
      await page.keyboard.press('Enter');
    },
  },
  {
    name: 'desk-cards-settle',
    aside: true,
    act: async (page) => {
      await enter(page);
      await page.locator('[data-test=page-cards]').click();
      await page.locator('[data-test=settle]').first().click();
      await page.locator('[data-test=settled] summary').click();
    },
  },
  {
    name: 'desk-card-english',
    aside: true,
    act: async (page) => {
      await enter(page);
      await page.locator('[data-test=language]').click();
      await open(page, 'GD-20260814-0048');
    },
  },
  {
    name: 'desk-cards-english',
    aside: true,
    act: async (page) => {
      await enter(page);
      await page.locator('[data-test=language]').click();
      await page.locator('[data-test=page-cards]').click();
      await page.locator('[data-test=leaves]').waitFor();
      await page.keyboard.press('j');
      await page.keyboard.press('j');
      await page.keyboard.press('j');
    },
  },
  {
    name: 'desk-day',
    act: async (page) => {
      await enter(page);
      await page.locator('[data-test=page-day]').click();
    },
  },
  {
    name: 'desk-letters',
    act: async (page) => {
      await enter(page);
      await page.locator('[data-test=page-letters]').click();
    },
  },
  {
    name: 'desk-english',
    act: async (page) => {
      await enter(page);
      await page.locator('[data-test=language]').click();
    },
  },
];

/** The desk's computers: the second is the smallest it promises to fit; drawn and looked at, but not kept in docs/. */
export const sizes = [
  { suffix: '', viewport: { width: 1440, height: 900 }, aside: false },
  { suffix: '-1280', viewport: { width: 1280, height: 800 }, aside: true },
];

/** What no page of the desk may have: something wider than its place. */
export function faults() {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  for (const element of document.querySelectorAll('header, main, aside, section, table, td, th, button, .panel')) {
    if (element.scrollWidth <= element.clientWidth + 1 || element.clientWidth === 0) continue;
    if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(element).overflowX)) continue;
    found.push(
      `${element.tagName}.${element.className} is ${element.scrollWidth} px in ${element.clientWidth}: ${element.textContent?.trim().slice(0, 20)}`,
    );
  }
  return found;
}

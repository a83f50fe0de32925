import type { Browser, Locator, Page } from 'playwright-core';
import { KLING_TEST_ACCOUNT, startKlingStandIn, type KlingStandIn } from '../upstreams/kling';
import { LEGNEXT_TEST_KEY, startLegnextStandIn, type LegnextStandIn } from '../upstreams/legnext';
import { violations } from '../support/axe';
import { launchBrowser, openPage, type WatchedPage } from '../support/browser';
import { button, dialog, go, picture, visit } from '../support/screens';
import { startServer, temporaryDataDir, type ServerProcess } from '../support/server-process';
import { OWNER, setUpOwner } from '../support/set-up';

// Each step has axe look at the page in both themes, which takes long on a busy machine.
jest.setTimeout(120_000);

const { dataDir, remove } = temporaryDataDir();
/** Room for a simulated vendor, which takes some seconds, on a slow machine. */
const MADE_MS = 40_000;
let server: ServerProcess;
let browser: Browser;
let legnext: LegnextStandIn;
let kling: KlingStandIn;
let owner: WatchedPage;

beforeAll(async () => {
  [legnext, kling, browser] = await Promise.all([startLegnextStandIn(), startKlingStandIn(), launchBrowser()]);
  // Every look at one costs two seconds.
  legnext.script = { ...legnext.script, statuses: ['processing', 'completed'] };
  kling.script = { ...kling.script, statuses: ['processing', 'succeed'] };
  server = await startServer({
    dataDir,
    env: {
      LEGNEXT_URL: legnext.url, MJ_API_KEY: LEGNEXT_TEST_KEY,
      KLING_URL: kling.url, KLING_ACCESS_KEY: KLING_TEST_ACCOUNT.accessKey, KLING_SECRET_KEY: KLING_TEST_ACCOUNT.secretKey,
    },
  });
  await setUpOwner(server);
  owner = await enter('/');
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await Promise.all([legnext?.close(), kling?.close()]);
  remove();
}, 60_000);

afterEach(async () => {
  const step = expect.getState().currentTestName!.split(' ').slice(0, 5).join('-').replace(/\W/g, '-');
  await picture(owner.page, `generation-after-${step}`);
});

/** The owner in a window of their own, at a path. */
async function enter(path: string, options: Parameters<typeof openPage>[1] = {}): Promise<WatchedPage> {
  const window = await openPage(browser, options);
  await window.page.goto(`${server.url.replace('127.0.0.1', 'localhost')}${path}`);
  await window.page.locator('input[name=email]').fill(OWNER.email);
  await window.page.locator('input[type=password]').fill(OWNER.password);
  await window.page.keyboard.press('Enter');
  await window.page.waitForURL(({ pathname }) => pathname !== '/sign-in');
  await window.page.locator('main h1').waitFor();
  return window;
}

/** Nothing to complain about, in either theme. */
async function expectSound(page: Page): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
  }
}

const results = (page: Page): Locator => page.getByRole('region', { name: 'Results' });
const result = (page: Page, prompt: string): Locator => results(page).getByRole('article', { name: prompt, exact: true });
const done = (place: Locator): Promise<void> => place.getByText('Succeeded').waitFor({ timeout: MADE_MS });

async function play(page: Page, scenario: string): Promise<void> {
  await page.getByLabel('Who answers').selectOption({ label: scenario });
}

test('TEST-85: the portal is where one lands, and leads on', async () => {
  const { page } = owner;
  await page.waitForURL('**/home');
  await page.getByText('No runs yet').waitFor();
  await picture(page, 'generation-01-portal-empty');
  await expectSound(page);
  await page.getByRole('searchbox', { name: 'Search tools and your runs' }).fill('legnext');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Images by LegNext', level: 1 }).waitFor();
});

test('TEST-50: LegNext gets exactly the text that was shown', async () => {
  const { page } = owner;
  await page.getByLabel('Prompt', { exact: true }).fill('a red fox in the snow');
  await page.getByRole('radio', { name: '16:9' }).check({ force: true });
  await page.getByLabel('Weird').fill('12');
  await page.getByLabel('Raw style').check({ force: true });
  const shown = await page.getByTestId('final-text').textContent();
  expect(shown).toBe('a red fox in the snow --ar 16:9 --v 7 --q 1 --s 250 --c 0 --w 12 --style raw');
  await picture(page, 'generation-02-legnext-form');
  await expectSound(page);
  await page.keyboard.press('Control+Enter');
  const made = result(page, 'a red fox in the snow');
  await done(made);
  await made.getByText('by key legnext-1').waitFor();
  expect(legnext.jobs.map(({ text }) => text)).toEqual([shown]);
  await made.getByRole('button', { name: /^Open image 4 of 4/ }).waitFor();
  await picture(page, 'generation-03-legnext-made');
  await expectSound(page);
});

test('TEST-58: results are there after a reload, and after having been elsewhere', async () => {
  const { page } = owner;
  await page.reload();
  await result(page, 'a red fox in the snow').getByRole('button', { name: /^Open image 1 of 4/ }).waitFor();
  await go(page, 'Runs');
  await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor();
  await go(page, 'Images by LegNext');
  await result(page, 'a red fox in the snow').waitFor();
});

test('TEST-70: a scenario plays the vendor, who is not asked', async () => {
  const { page } = owner;
  await play(page, 'No credit left (402)');
  await page.getByText('SIMULATED: No credit left (402). The vendor is not asked.').waitFor();
  await page.getByLabel('Prompt', { exact: true }).fill('a heron');
  await button(page, 'Run').click();
  const failed = result(page, 'a heron');
  await failed.getByText('The account with the vendor has no credit left', { exact: true }).waitFor({ timeout: MADE_MS });
  await failed.getByText('What to do').waitFor();
  await picture(page, 'generation-05-failed');
  await expectSound(page);
  expect(legnext.jobs).toHaveLength(1);
});

test('TEST-84: one run too many is refused with its rule', async () => {
  const { page } = owner;
  await play(page, 'Never ends');
  await page.getByLabel('Longest wait, seconds').fill('10');
  await page.getByLabel('Prompt', { exact: true }).fill('a slow river');
  await button(page, 'Run').click();
  const slow = result(page, 'a slow river');
  await slow.getByText('In the making').waitFor();
  await page.getByLabel('Prompt', { exact: true }).fill('one too many');
  await button(page, 'Run').click();
  await page.getByText('You have 1 run under way; 1 may be at once.').first().waitFor();
  await picture(page, 'generation-06-running-and-refused');
  await expectSound(page);
});

test('the lightbox is walked with the arrow keys, and what is looked at can be had', async () => {
  const { page } = owner;
  await result(page, 'a red fox in the snow').getByRole('button', { name: /^Open image 2 of 4/ }).click();
  const box = dialog(page);
  await box.getByText('2 of 4').first().waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await box.getByText('4 of 4').first().waitFor();
  await box.getByText('Weird').waitFor();
  await picture(page, 'generation-04-lightbox');
  await expectSound(page);
  const [download] = await Promise.all([page.waitForEvent('download'), box.getByRole('link', { name: 'Download' }).click()]);
  expect(download.suggestedFilename()).toMatch(/\.png$/);
  await page.keyboard.press('Escape');
  await box.waitFor({ state: 'detached' });
});

// Some of the ten seconds that it was given have passed by now.
test('TEST-51: a run whose outcome did not come in time is watched on', async () => {
  const { page } = owner;
  const slow = result(page, 'a slow river');
  await button(slow, 'Keep watching').click({ timeout: MADE_MS });
  await slow.getByText('processing').waitFor();
  await button(page, 'Clear my runs').first().click();
  await button(dialog(page), 'Clear my runs').click();
  await slow.getByText('Cancelled').waitFor({ timeout: MADE_MS });
  await play(page, 'Success');
  await page.getByLabel('Longest wait, seconds').fill('120');
}, 180_000);

test('TEST-52: Kling makes a picture, and a video that begins with it', async () => {
  const { page } = owner;
  await go(page, 'Images and videos by Kling');
  await page.getByLabel('Prompt', { exact: true }).fill('a cup of tea');
  await page.getByLabel('Number of images').fill('2');
  await picture(page, 'generation-07-kling-form');
  await expectSound(page);
  await button(page, 'Run').click();
  const pictures = result(page, 'a cup of tea');
  await done(pictures);
  expect(kling.tasks[0]?.body).toMatchObject({ model_name: 'kling-v1', prompt: 'a cup of tea', n: 2, aspect_ratio: '1:1' });

  await pictures.getByRole('button', { name: /^Open image 1 of 2/ }).click();
  await dialog(page).getByRole('link', { name: 'Make a video from it' }).click();
  await page.getByRole('radio', { name: 'a cup of tea' }).first().waitFor({ state: 'attached' });
  await page.getByText('The video has the ratio of the start image.').waitFor();
  await page.getByLabel('Creativity', { exact: true }).fill('8');
  await page.getByText('Kling gets cfg_scale 0.2', { exact: false }).waitFor();
  await page.getByLabel('Prompt', { exact: true }).fill('steam rises');
  await picture(page, 'generation-08-kling-video-form');
  await expectSound(page);
  await button(page, 'Run').click();
  const video = result(page, 'steam rises');
  await done(video);
  expect(kling.tasks[1]).toMatchObject({ endpoint: expect.stringContaining('image2video'), body: { cfg_scale: 0.2, duration: '5', mode: 'std' } });
  await video.locator('video').scrollIntoViewIfNeeded();
  await video.locator('video').evaluate('(video) => video.play()');
  await picture(page, 'generation-09-kling-video');
  await expectSound(page);
}, 240_000);

test('TEST-85: the gallery has all of it, and its own line makes more, which comes in at the top', async () => {
  const { page } = owner;
  await go(page, 'Gallery');
  await page.getByRole('button', { name: 'Open: a red fox in the snow' }).nth(3).waitFor();
  await picture(page, 'generation-10-gallery');
  await expectSound(page);
  await page.mouse.move(5, 500);
  await page.getByRole('textbox', { name: 'Prompt' }).fill('a small harbour');
  await page.keyboard.press('Enter');
  const first = page.getByRole('button', { name: /^Open: / }).first();
  await page.getByText('SIMULATED: Success. The vendor is not asked.').waitFor();
  await page.getByRole('button', { name: 'Open: a small harbour' }).first().waitFor({ timeout: MADE_MS });
  expect(await first.getAttribute('aria-label')).toBe('Open: a small harbour');
  await first.click();
  await dialog(page).getByText('a small harbour').waitFor();
  await page.keyboard.press('ArrowRight');
  await dialog(page).getByText(/^2 of/).first().waitFor();
  await picture(page, 'generation-11-gallery-lightbox');
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
  await page.getByLabel('Kind').selectOption({ label: 'Videos' });
  await page.getByRole('button', { name: 'Open: a red fox in the snow' }).first().waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Open: steam rises' }).waitFor();
}, 180_000);

test('the portal knows what was made, in the reader\'s language', async () => {
  const { page } = owner;
  await go(page, 'Home');
  await page.getByRole('region', { name: 'Your recent runs' }).getByRole('link', { name: /steam rises/ }).waitFor();
  await page.getByRole('searchbox').fill('harbour');
  await page.getByRole('list', { name: 'Found' }).getByRole('link', { name: 'a small harbour' }).waitFor();
  await picture(page, 'generation-12-portal');
  await expectSound(page);
  for (const locale of ['ko-KR', 'ru-RU']) {
    const reader = await enter('/home', { locale, colorScheme: 'dark' });
    for (const place of ['/home', '/create/legnext', '/create/kling?mode=image-to-video', '/gallery']) {
      await visit(reader.page, place);
      await reader.page.locator('main h1').waitFor();
      await reader.page.locator('main img').first().waitFor();
      await picture(reader.page, `generation-13-${locale}${place.replace(/\W/g, '-')}`);
      expect(await violations(reader.page)).toEqual([]);
    }
    expect(reader.complaints).toEqual([]);
    await reader.context.close();
  }
}, 240_000);

/** Sums what moved by itself since the page was loaded. */
const SHIFTS = `new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) sum += entry.hadRecentInput ? 0 : entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
})`;

test.each(['/home', '/create/legnext', '/create/kling', '/gallery'])('nothing on %s moves while it loads', async (place) => {
  const { page } = owner;
  await page.goto(`${server.url.replace('127.0.0.1', 'localhost')}${place}`);
  await page.locator('main img').first().waitFor();
  await page.waitForLoadState('networkidle');
  expect(await page.evaluate(SHIFTS)).toBeLessThanOrEqual(0.02);
});

test.each([320, 390, 768, 2_560])('at %d pixels everything is within the window', async (width) => {
  const { page } = owner;
  await page.setViewportSize({ width, height: 900 });
  for (const place of ['/home', '/create/legnext', '/create/kling?mode=image-to-video', '/gallery']) {
    await visit(page, place);
    await page.locator('main img').first().waitFor();
    await picture(page, `generation-14-${width}${place.replace(/\W/g, '-')}`);
    expect({ place, beyond: await page.evaluate("(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.getElementById('main'))") })
      .toEqual({ place, beyond: 0 });
  }
}, 120_000);

test('no page has complained', () => {
  expect(owner.complaints).toEqual([]);
});

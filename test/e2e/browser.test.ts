import type { Browser } from 'playwright-core';
import { launchBrowser, openPage, type WatchedPage } from '../support/browser';
import { startServer, temporaryDataDir, type ServerProcess } from '../support/server-process';
import { violations } from '../support/axe';
import { button, dialog, go, picture } from '../support/screens';
import { OWNER } from '../support/set-up';

const { dataDir, remove } = temporaryDataDir();
const USER_PASSWORD = 'anna has a password';
let server: ServerProcess;
let browser: Browser;
/** The owner at work, and the same owner watching from a second window. */
let owner: WatchedPage;
let watcher: WatchedPage;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({ dataDir }), launchBrowser()]);
  owner = await openPage(browser);
  watcher = await openPage(browser, { colorScheme: 'dark' });
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  remove();
}, 60_000);

/** What each window showed last, for whoever has to find out why a step failed. */
afterEach(async () => {
  const step = expect.getState().currentTestName!.split(' ').slice(0, 4).join('-').replace(/\W/g, '-');
  await picture(owner.page, `after-${step}-owner`);
  await picture(watcher.page, `after-${step}-watcher`);
});

test('the set-up link makes the first owner', async () => {
  const { page } = owner;
  await page.goto(server.setupLink!);
  await page.getByLabel('Tenant name').fill(OWNER.tenantName);
  await page.getByLabel('Your name').fill(OWNER.displayName);
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
  await picture(page, '01-set-up');
  expect(await violations(page)).toEqual([]);
  await button(page, 'Become the owner').click();
  await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor();
  expect(await violations(page)).toEqual([]);
  await go(page, 'Overview');
  await page.getByText('All is well').waitFor();
  await picture(page, '02-overview');
  expect(await violations(page)).toEqual([]);
});

test('a second window signs in and returns to where it was going', async () => {
  const { page } = watcher;
  await page.goto(`${server.url.replace('127.0.0.1', 'localhost')}/audit-log`);
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByLabel('Password', { exact: true }).fill('not the password at all');
  await button(page, 'Sign in').click();
  await page.getByText('Email or password is not right.').waitFor();
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
  await picture(page, '03-sign-in-dark');
  await button(page, 'Sign in').click();
  await page.getByRole('heading', { name: 'Audit log' }).waitFor();
  await page.getByRole('row').filter({ hasText: 'Tenant created' }).waitFor();
  // Rows never move under the pointer, so it has to be out of the way for them to flow in.
  await page.mouse.move(5, 500);
});

test('a user is created, and the other window sees the act at once', async () => {
  const { page } = owner;
  await go(page, 'Users');
  await button(page, 'Create user').first().click();
  await dialog(page).getByLabel('Name').fill('Anna Adams');
  await dialog(page).getByLabel('Email').fill('anna@example.test');
  await dialog(page).getByLabel('Password (optional)', { exact: true }).fill(USER_PASSWORD);
  await picture(page, '04-create-user');
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Create user').click();
  await page.getByRole('row').filter({ hasText: 'Anna Adams' }).waitFor();
  await picture(page, '05-users');
  expect(await violations(page)).toEqual([]);
  await watcher.page.getByRole('row').filter({ hasText: 'User created' }).nth(1).waitFor();
});

test('a key is issued, shown once, and becomes active by itself', async () => {
  const { page } = owner;
  await go(page, 'Virtual keys');
  await button(page, 'Issue key').first().click();
  await dialog(page).getByLabel('Alias').fill('anna-laptop');
  await dialog(page).getByLabel('Owner').click();
  await page.getByRole('option', { name: /Anna Adams/ }).click();
  await dialog(page).getByLabel('Models').fill('gpt-4o-mini');
  await page.keyboard.press('Enter');
  await dialog(page).getByLabel('Budget, USD').fill('5');
  await picture(page, '06-issue-key');
  await button(dialog(page), 'Issue key').click();

  await page.getByText('This is the only time it is shown.', { exact: false }).waitFor();
  await picture(page, '07-secret-once');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByText('This is the only time it is shown.', { exact: false }).waitFor();
  await button(page, 'Reveal').click();
  const secret = await page.getByLabel('Secret', { exact: true }).inputValue();
  expect(secret).toMatch(/^sk-/);
  await page.getByLabel('I stored it').check();
  await button(page, 'Done').click();
  await page.getByRole('row').filter({ hasText: 'anna-laptop' }).filter({ hasText: 'Active' }).waitFor();
  await picture(page, '08-virtual-keys');
  expect(await page.content()).not.toContain(secret);
  expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')).not.toContain(secret);
});

test('a provider key is leased, the next one waits and is served on release', async () => {
  const { page } = owner;
  await go(page, 'Key pools');
  await button(page, 'Add key').first().click();
  await dialog(page).getByLabel('Provider').fill('kling');
  await dialog(page).getByLabel('Name of the key').fill('kling-main');
  await dialog(page).getByLabel('Access key', { exact: true }).fill('not-a-real-access-key');
  await dialog(page).getByLabel('Secret key', { exact: true }).fill('not-a-real-secret-key');
  await button(dialog(page), 'Add key').click();
  await page.getByText('kling-main').first().waitFor();

  for (const _ of [1, 2]) {
    await button(page, 'Try a lease').click();
    await button(dialog(page), 'Lease').click();
    await dialog(page).getByText(/You hold a key|You are number 1 in the queue/).waitFor();
    await button(dialog(page), 'Close').last().click();
  }
  await page.getByText('1 waiting').first().waitFor();
  await picture(page, '09-key-pool-queue');
  expect(await violations(page)).toEqual([]);
  await watcher.page.getByRole('row').filter({ hasText: 'Lease granted' }).first().waitFor();

  await button(page, 'Release').click();
  await button(page, 'Release: work done').click();
  await page.getByText('Nobody is waiting.').waitFor();
  await page.getByText('2 granted so far').waitFor();
  await picture(page, '10-key-pool-served');
});

test('a question is answered word by word, survives a reload, and is a run', async () => {
  const { page } = owner;
  await go(page, 'Chat');
  await page.getByLabel('Your question').fill('What is an event-sourced ledger?');
  await page.keyboard.press('Enter');
  await page.getByText(/You asked: |your question: /).first().waitFor();
  await picture(page, '11-chat-streaming');
  await page.reload();
  await page.getByText('to hear from a real one', { exact: false }).waitFor();
  await picture(page, '12-chat-answered');
  expect(await violations(page)).toEqual([]);

  await go(page, 'Runs');
  await page.getByRole('row').filter({ hasText: 'Succeeded' }).waitFor();
  await picture(page, '13-runs');
  expect(await violations(page)).toEqual([]);
});

test('all of it is in the audit log of the other window, without a reload', async () => {
  const { page } = watcher;
  for (const act of ['Virtual key requested', 'Virtual key provisioned', 'Provider key added', 'Lease granted', 'Question asked', 'Answer completed', 'Run succeeded']) {
    await page.getByRole('row').filter({ hasText: act }).first().waitFor();
  }
  await picture(page, '14-audit-log-dark');
  expect(await violations(page)).toEqual([]);
});

test('the overview counts it, in both themes', async () => {
  for (const [name, { page }] of [['light', owner], ['dark', watcher]] as const) {
    await go(page, 'Overview');
    await page.getByRole('link', { name: /Active virtual keys/ }).filter({ hasText: '1' }).waitFor();
    await picture(page, `15-overview-${name}`);
    expect(await violations(page)).toEqual([]);
  }
});

test('kill -9 in the middle: the windows come back by themselves and everything is there', async () => {
  const port = Number(new URL(server.url).port);
  await server.kill();
  await owner.page.getByText(/Reconnecting|Offline/).first().waitFor();
  server = await startServer({ dataDir, port });
  await owner.page.getByText('Live', { exact: true }).first().waitFor({ timeout: 60_000 });
  await go(owner.page, 'Users');
  await owner.page.getByRole('row').filter({ hasText: 'Anna Adams' }).waitFor();
  await go(owner.page, 'Chat');
  await owner.page.getByText('What is an event-sourced ledger?').first().waitFor();
}, 120_000);

test('a user sees their own part, in Korean', async () => {
  const anna = await openPage(browser, { locale: 'ko-KR' });
  await anna.page.goto(`${server.url.replace('127.0.0.1', 'localhost')}/`);
  await anna.page.getByRole('textbox').first().fill('anna@example.test');
  await anna.page.locator('input[type=password]').fill(USER_PASSWORD);
  await anna.page.keyboard.press('Enter');
  await anna.page.waitForURL('**/home');
  await anna.page.getByRole('navigation').first().waitFor();
  await picture(anna.page, '16-user-korean');
  expect(await anna.page.getByRole('navigation').first().innerText()).not.toMatch(/감사|Audit/);
  expect(await violations(anna.page)).toEqual([]);
});

test('no window complained, but for the moment when the server was away', () => {
  const expected = /ERR_CONNECTION_REFUSED|WebSocket connection|net::ERR|Failed to load resource/;
  expect([...owner.complaints, ...watcher.complaints].filter((complaint) => !expected.test(complaint))).toEqual([]);
});

import { readFileSync } from 'node:fs';
import type { Browser, Page, Request } from 'playwright-core';
import { type Api } from '../support/api';
import { violations } from '../support/axe';
import { launchBrowser, openPage, type WatchedPage } from '../support/browser';
import { eventually } from '../support/eventually';
import { button, dialog, filled, go, picture, visit } from '../support/screens';
import { startServer, temporaryDataDir, type ServerProcess } from '../support/server-process';
import { OWNER, setUpOwner, signIn } from '../support/set-up';

// Each step has axe look at the page in both themes, which takes long on a busy machine.
jest.setTimeout(120_000);

const { dataDir, remove } = temporaryDataDir();
const SECRET = 'not-a-real-secret-of-a-vendor';
const ANNA = { email: 'anna@example.test', password: 'anna has a password too', displayName: 'Anna Adams', tenantName: OWNER.tenantName };
let server: ServerProcess;
let browser: Browser;
let ownerApi: Api;
let anna: Api;
let annaId: string;
/** The owner at work, and the same owner who only looks on, in the dark. */
let owner: WatchedPage;
let watcher: WatchedPage;

async function enter({ page }: WatchedPage): Promise<void> {
  await page.goto(`${server.url.replace('127.0.0.1', 'localhost')}/key-pools`);
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
  await button(page, 'Sign in').click();
  await page.getByRole('heading', { name: 'Key pools', level: 1 }).waitFor();
}

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({ dataDir }), launchBrowser()]);
  ownerApi = await setUpOwner(server);
  const { createUser } = await ownerApi.ask('mutation ($input: CreateUserInput!) { createUser(input: $input) { position errors { rule } user { id } } }', {
    input: { email: ANNA.email, displayName: ANNA.displayName, password: ANNA.password, role: 'ADMIN' },
  });
  annaId = Buffer.from(createUser.user.id, 'base64url').toString('utf8').split(':')[1]!;
  anna = await signIn(server, ANNA);
  owner = await openPage(browser);
  watcher = await openPage(browser, { colorScheme: 'dark' });
  await Promise.all([enter(owner), enter(watcher)]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  remove();
}, 60_000);

afterEach(async () => {
  const step = expect.getState().currentTestName!.replace(/\W+/g, '-').slice(0, 60);
  await picture(owner.page, `lease-board-${step}-owner`);
  await picture(watcher.page, `lease-board-${step}-watcher`);
});

const LEASE = `mutation ($input: LeaseKeyInput!) { leaseKey(input: $input) { position errors { rule } ticket { id } lease { id fencingToken } } }`;
const RELEASE = `mutation ($input: ReleaseLeaseInput!) { releaseLease(input: $input) { position errors { rule } } }`;
const lease = async (requestId: string, provider = 'openai'): Promise<any> =>
  (await anna.ask(LEASE, { input: { provider, requestId, ttlSeconds: 600, maxWaitSeconds: 600 } })).leaseKey;
const release = ({ id, fencingToken }: { id: string; fencingToken: string }): Promise<unknown> =>
  anna.ask(RELEASE, { input: { leaseId: id, fencingToken, outcome: 'OK' } });

const pool = (page: Page, provider = 'openai') => page.getByRole('region', { name: provider });

/** Opens what can be done with the key `main`, and does it. */
async function act(name: string): Promise<void> {
  await button(owner.page, 'Acts on main').click();
  await button(owner.page, name).click();
  // The menu is a dialog too, and says the same words as the one that follows.
  await owner.page.getByRole('dialog', { name: 'Acts on main' }).waitFor({ state: 'hidden' });
}

test('a key is added with its limits and its expiry', async () => {
  const { page } = owner;
  await button(page, 'Add key').first().click();
  await dialog(page).getByLabel('Provider').fill('openai');
  await dialog(page).getByLabel('Name of the key').fill('main');
  await dialog(page).getByLabel('Secret', { exact: true }).fill(SECRET);
  await dialog(page).getByLabel('Leases at once').fill('2');
  await dialog(page).getByLabel('Grants per minute').fill('60');
  const tomorrow = new Date(Date.now() + 24 * 60 * 60_000).toISOString().slice(0, 16);
  await dialog(page).getByLabel('Expires').fill(tomorrow);
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Add key').click();
  for (const { page: window } of [owner, watcher]) {
    await pool(window).getByText('Expires soon').waitFor();
    await pool(window).getByText('Idle', { exact: true }).waitFor();
    expect(await violations(window)).toEqual([]);
  }
});

test('TEST-82: under contention both windows show who holds what and who waits, without a reload', async () => {
  const first = (await lease('one')).lease;
  await lease('two');
  await lease('three');
  await lease('four');
  for (const { page } of [owner, watcher]) {
    await pool(page).getByText('At capacity').waitFor();
    await pool(page).getByText('2 of 2 in use').waitFor();
    await pool(page).getByText('2 granted so far').waitFor();
    await pool(page).getByText('2 waiting').waitFor();
    await pool(page).getByText('All keys taken').first().waitFor();
    expect(await pool(page).getByText(annaId).count()).toBe(4);
    expect(await violations(page)).toEqual([]);
  }
  await release(first);
  for (const { page } of [owner, watcher]) {
    await pool(page).getByText('1 waiting').waitFor();
    await pool(page).getByText('3 granted so far').waitFor();
  }
});

test('a lease runs down before one\'s eyes', async () => {
  const bar = pool(watcher.page).locator('[class*=ttl] i').first();
  const width = async (): Promise<number> => (await bar.boundingBox())?.width ?? 0;
  const before = await width();
  expect(before).toBeGreaterThan(0);
  await eventually(async () => (await width()) < before);
});

test('TEST-82: tables say the same, for keyboards and screen readers', async () => {
  const { page } = watcher;
  await page.getByRole('link', { name: 'As tables' }).click();
  const leases = page.getByRole('table', { name: 'Leases of openai' });
  expect(await leases.getByRole('row').count()).toBe(3);
  expect(await page.getByRole('table', { name: 'Who waits for openai, in order' }).getByRole('row').count()).toBe(2);
  expect(await violations(page)).toEqual([]);
  await picture(page, 'lease-board-tables-dark');
  await page.getByRole('link', { name: 'As board' }).click();
  await pool(page).getByText('2 of 2 in use').waitFor();
});

test('a lease that is stuck is revoked, with a warning, and the next in the queue is served', async () => {
  const { page } = owner;
  await button(page, `Revoke the lease of ${annaId}`).first().click();
  await dialog(page).getByText('two may use this key at the same time', { exact: false }).waitFor();
  expect(await violations(page)).toEqual([]);
  await dialog(page).getByRole('textbox').fill('main');
  await button(dialog(page), 'Revoke').click();
  for (const { page: window } of [owner, watcher]) {
    await pool(window).getByText('Nobody is waiting.').waitFor();
    await pool(window).getByText('4 granted so far').waitFor();
  }
});

test('a rate that is used up is told, with the window it has to wait for', async () => {
  const { page } = watcher;
  const { addProviderKey } = await ownerApi.ask('mutation ($input: AddProviderKeyInput!) { addProviderKey(input: $input) { position errors { rule } } }', {
    input: { provider: 'slow', name: 'only', secret: SECRET, concurrencyLimit: 2, rpmLimit: 1 },
  });
  expect(addProviderKey.errors).toEqual([]);
  await lease('five', 'slow');
  await lease('six', 'slow');
  const waiter = pool(page, 'slow').getByRole('listitem').filter({ hasText: 'Rate limit' });
  await waiter.getByText(/again in \d+\.\d s/).waitFor();
  await pool(page, 'slow').getByText('1 of 1 in the last minute').waitFor();
  expect(await pool(page, 'slow').locator('[class*=window] i').count()).toBe(1);
});

test('a key rests and comes back, and is switched off and on again', async () => {
  const { page } = owner;
  await act('Let it rest');
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Let it rest').click();
  await pool(watcher.page).getByText(/Rests (5m 00s|4m)/).waitFor();
  await pool(watcher.page).getByText('Paused', { exact: true }).waitFor();
  await act('End the rest');
  await pool(watcher.page).getByText(/Rests/).waitFor({ state: 'detached' });
  await act('Switch off');
  await pool(watcher.page).getByText('Off', { exact: true }).waitFor();
  expect(await violations(page)).toEqual([]);
  await button(page, 'Undo').click();
  await pool(watcher.page).getByText('Off', { exact: true }).waitFor({ state: 'detached' });
});

test('what is changed about a key is changed, and the secret is replaced without being shown', async () => {
  const { page } = owner;
  await act('Edit');
  await dialog(page).getByLabel('Leases at once').fill('3');
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Save').click();
  await pool(watcher.page).getByText(/of 3 in use/).waitFor();
  await act('Rotate');
  await dialog(page).getByLabel('Secret', { exact: true }).fill(`${SECRET}-7777`);
  await dialog(page).getByLabel(/^End leases/).uncheck();
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Rotate').click();
  await pool(watcher.page).getByText('…7777').waitFor();
  for (const window of [owner.page, watcher.page]) {
    expect(await window.content()).not.toContain(SECRET);
  }
});

test('a leased key is not removed: it is switched off, the last lease waited for, and then it goes', async () => {
  const { page } = owner;
  await act('Remove');
  await dialog(page).getByText(/lease.? holds? it/).waitFor();
  await button(dialog(page), 'Switch off and wait').click();
  await dialog(page).getByText('It is off.', { exact: false }).waitFor();
  const { keyPool } = await anna.ask('{ keyPool(provider: "openai") { leases { id fencingToken } } }');
  await Promise.all(keyPool.leases.map(release));
  await dialog(page).getByLabel('Type “main” to confirm').fill('main');
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Remove').click();
  await dialog(page).waitFor({ state: 'detached' });
  await pool(watcher.page).getByText('main', { exact: true }).waitFor({ state: 'detached' });
});

test('a load test on the simulated pools shows each burst as it is measured', async () => {
  const { page } = owner;
  await go(page, 'Load test');
  await page.getByRole('heading', { name: 'Load test', level: 1 }).waitFor();
  await page.getByLabel('Bursts').fill('3, 6');
  expect(await violations(page)).toEqual([]);
  await button(page, 'Start the test').click();
  await page.getByRole('heading', { name: /Results/ }).getByText('Finished').waitFor({ timeout: 30_000 });
  const rows = page.getByRole('table').getByRole('row');
  expect(await rows.count()).toBe(5);
  expect(await rows.filter({ hasText: '100.0 %' }).count()).toBe(4);
  expect(await violations(page)).toEqual([]);
  await watcher.page.getByRole('region', { name: 'legnext-simulated' }).getByText('mock-1').waitFor();
  await watcher.page.getByRole('region', { name: 'kling-simulated' }).getByText('mock-2').waitFor();
  expect(await violations(watcher.page)).toEqual([]);
});

const START = `mutation ($input: StartRunInput!) { startRun(input: $input) { position errors { rule } run { id } } }`;
const startRun = async (api: Api, scenario: string, maxWaitSeconds = 60): Promise<string> => {
  const { startRun: payload } = await api.ask(START, {
    input: { operation: 'LEGNEXT_DIFFUSION', parameters: { prompt: 'a quiet harbour at dawn', options: null }, scenario, maxWaitSeconds },
  });
  expect(payload.errors).toEqual([]);
  return payload.run.id;
};

test('TEST-80: a run that somebody starts is told to the monitoring screen, which asks for nothing, and leaves it when it ends', async () => {
  const { page } = watcher;
  await go(page, 'Monitoring');
  await page.getByText('Nothing goes on right now.').waitFor();
  const questions: string[] = [];
  const listen = (request: Request): unknown => request.url().endsWith('/graphql') && questions.push(request.postData() ?? '');
  page.on('request', listen);
  await startRun(anna, 'SUCCESS');
  await page.getByRole('row').filter({ hasText: ANNA.displayName }).waitFor();
  page.off('request', listen);
  expect(questions).toEqual([]);
  expect(await violations(page)).toEqual([]);
  await picture(page, 'lease-board-monitoring-dark');
  await page.getByText('Nothing goes on right now.').waitFor({ timeout: 30_000 });
}, 60_000);

test('TEST-84: one\'s own runs stand beside every screen, with the limits, and lead to their details', async () => {
  const { page } = owner;
  const runId = await startRun(ownerApi, 'SUCCESS');
  await button(page, 'My runs, 1 goes on').waitFor();
  await page.keyboard.press('m');
  const panel = page.getByRole('complementary', { name: 'My runs' });
  await panel.getByText('Mine 1/1').waitFor();
  await panel.getByText('Total 1/4').waitFor();
  expect(await violations(page)).toEqual([]);
  await panel.getByText('Succeeded').waitFor({ timeout: 30_000 });
  await panel.getByText('Mine 0/1').waitFor();
  await panel.getByRole('link', { name: /a quiet harbour at dawn/ }).click();
  await page.waitForURL(`**/runs/${runId}`);
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'a quiet harbour at dawn', level: 1 }).waitFor();
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await timeline.getByText('Key leased').waitFor();
  await timeline.getByText('Done').waitFor();
  await page.getByRole('img', { name: /Image 1/ }).waitFor();
  expect(await violations(page)).toEqual([]);
}, 60_000);

test('TEST-81: a run is saved as JSON in a file named after it, with timeline and exchange', async () => {
  const { page } = owner;
  const [saved] = await Promise.all([page.waitForEvent('download'), button(page, 'Download JSON').click()]);
  const run = JSON.parse(readFileSync(await saved.path(), 'utf8'));
  expect(saved.suggestedFilename()).toBe(`${Buffer.from(run.id, 'base64url').toString('utf8').split(':')[1]}.json`);
  expect(run.timeline.map(({ stage }: { stage: string }) => stage)).toEqual(expect.arrayContaining(['START', 'LEASE_ACQUIRED', 'SUBMITTED', 'COMPLETED']));
  expect(run.exchange.request).not.toBeNull();
  await page.getByRole('link', { name: 'Request and response' }).click();
  await page.getByRole('region', { name: /^Request/ }).waitFor();
  expect(await violations(page)).toEqual([]);
});

/** Nothing comes of it in the ten seconds that it is given. Meanwhile there are other screens to look at. */
let endlessId: string;

test('a run that failed says why and what to do', async () => {
  const { page } = owner;
  const runId = await startRun(ownerApi, 'FAILED_402');
  await visit(page, `/runs/${runId}?tab=diagnosis`);
  await page.getByRole('heading', { name: 'What to do' }).waitFor({ timeout: 30_000 });
  await button(page, 'Try once more').waitFor();
  expect(await violations(page)).toEqual([]);
  endlessId = await startRun(ownerApi, 'TIMEOUT', 10);
}, 60_000);

test('an answer in a chat is a run with stages, too', async () => {
  const { page } = owner;
  const { openChatSession } = await ownerApi.ask('mutation { openChatSession(input: { title: "Harbours" }) { position chatSession { id } errors { rule } } }');
  const { postMessage } = await ownerApi.ask(
    'mutation ($input: PostMessageInput!) { postMessage(input: $input) { position run { id } errors { rule } } }',
    { input: { sessionId: openChatSession.chatSession.id, text: 'What is a harbour?' } });
  await visit(page, `/runs/${postMessage.run.id}`);
  await page.getByRole('heading', { name: /^Chat/, level: 1 }).waitFor();
  await page.getByRole('region', { name: 'Timeline' }).getByText('Done').waitFor({ timeout: 30_000 });
  expect(await violations(page)).toEqual([]);
}, 60_000);

test('TEST-81: the history is filtered in the address and opens a run beside it, in both themes', async () => {
  for (const { page } of [owner, watcher]) {
    await page.goto(`${server.url.replace('127.0.0.1', 'localhost')}/runs?operation=LEGNEXT_DIFFUSION&scenario=SUCCESS`);
    const rows = page.getByRole('row').filter({ hasText: 'a quiet harbour at dawn' });
    await rows.first().waitFor();
    expect(await page.getByRole('row').filter({ hasText: 'Failed' }).count()).toBe(0);
    await rows.first().click();
    await page.getByRole('region', { name: 'Timeline' }).getByText('Key leased').waitFor();
    expect(await violations(page)).toEqual([]);
  }
});

test('a run without an outcome in time is watched further, and stopped in the end', async () => {
  const { page } = owner;
  await visit(page, `/runs/${endlessId}?tab=history`);
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await button(page, 'Keep watching').click({ timeout: 30_000 });
  await timeline.getByText('Outcome looked for again').waitFor();
  await button(page, 'Stop').click();
  await button(dialog(page), 'Stop').click();
  await timeline.getByText('Stopped').waitFor();
  await button(page, 'Try once more').waitFor();
  expect(await violations(page)).toEqual([]);
}, 60_000);

/** Whether something is cut off or has to be scrolled to the side. */
const overflows = (page: Page): Promise<number> => page.evaluate(`document.documentElement.scrollWidth - innerWidth`);

test.each([['ko-KR', 1440], ['ru-RU', 390]])('the screens speak %s and fit %i pixels', async (locale, width) => {
  const guest = await openPage(browser, { locale, colorScheme: width < 500 ? 'light' : 'dark' });
  const { page } = guest;
  await page.setViewportSize({ width, height: 900 });
  await page.goto(`${server.url.replace('127.0.0.1', 'localhost')}/key-pools`);
  await page.getByRole('textbox').first().fill(OWNER.email);
  await page.locator('input[type=password]').fill(OWNER.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/key-pools');
  const { runs } = await ownerApi.ask('{ runs(first: 1, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { id } } }');
  for (const place of ['key-pools', 'key-pools?view=table', 'monitoring', 'load-test', 'runs', ...['result', 'exchange', 'diagnosis', 'history'].map((tab) => `runs/${runs.nodes[0].id}?tab=${tab}`)]) {
    await visit(page, `/${place}`);
    await filled(page);
    expect({ place, found: await violations(page) }).toEqual({ place, found: [] });
    expect({ place, overflows: await overflows(page) }).toEqual({ place, overflows: 0 });
    await picture(page, `lease-board-${locale}-${place.replace(/\W+/g, '-').slice(0, 40)}`);
  }
  await page.keyboard.press('m');
  await page.getByRole('complementary').last().getByRole('link').first().waitFor();
  expect(await violations(page)).toEqual([]);
  expect(await overflows(page)).toBe(0);
  await picture(page, `lease-board-${locale}-my-runs`);
  expect(guest.complaints).toEqual([]);
}, 180_000);

test('no window complained', () => {
  expect([...owner.complaints, ...watcher.complaints]).toEqual([]);
});

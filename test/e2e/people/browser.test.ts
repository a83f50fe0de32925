import type { Browser, Page } from 'playwright-core';
import { launchBrowser, openPage, type WatchedPage } from '../../support/browser';
import type { Api } from '../../support/api';
import { violations } from '../../support/axe';
import { act } from '../../support/people';
import { button, dialog, go, picture, visit } from '../../support/screens';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { OWNER, setUpOwner } from '../../support/set-up';

const PASSWORD = 'plain words of berta';
const { dataDir, remove } = temporaryDataDir();
let server: ServerProcess;
let browser: Browser;
let api: Api;
let url: string;
/** The owner at work, and Berta, who is invited. */
let owner: WatchedPage;
let berta: WatchedPage;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({ dataDir }), launchBrowser()]);
  api = await setUpOwner(server);
  url = server.url.replace('127.0.0.1', 'localhost');
  owner = await openPage(browser);
  berta = await openPage(browser, { locale: 'ko-KR', colorScheme: 'dark' });
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  remove();
}, 60_000);

/** What each window showed last, for whoever has to find out why a step failed. */
afterEach(async () => {
  const step = expect.getState().currentTestName!.split(' ').slice(0, 5).join('-').replace(/\W/g, '-');
  await picture(owner.page, `people-after-${step}-owner`);
  await picture(berta.page, `people-after-${step}-berta`);
});

const row = (page: Page, text: string) => page.getByRole('row').filter({ hasText: text });

test('MAMA-50: signing in leads back to where one was going', async () => {
  const { page } = owner;
  await page.goto(`${url}/users?role=USER`);
  await page.getByLabel('Email').fill(OWNER.email);
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
  expect(await violations(page)).toEqual([]);
  await button(page, 'Sign in').click();
  await page.getByRole('heading', { name: 'Users' }).waitFor();
  expect(page.url()).toContain('role=USER');
});

test('people are imported from CSV after a dry run, with a report for each line', async () => {
  const { page } = owner;
  await page.goto(`${url}/users`);
  await button(page, 'Import').click();
  const csv = ['email,displayName,role,organization', 'berta@example.test,Berta Berg,user,Class 7b', 'carl@example.test,Carl Clausen,auditor,Class 7b', 'nonsense,Nobody,user,'].join('\n');
  await dialog(page).getByLabel('Or paste the text').fill(csv);
  await button(dialog(page), 'Check').click();
  await dialog(page).getByRole('group', { name: 'Report, line by line' }).getByText('nonsense').waitFor();
  await picture(page, 'people-01-dry-run');
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Another file').click();
  await dialog(page).getByLabel('Or paste the text').fill(csv.split('\n').slice(0, 3).join('\n'));
  await button(dialog(page), 'Check').click();
  await button(dialog(page), 'Import').click();
  await dialog(page).getByText('The import is complete.').waitFor();
  await button(dialog(page), 'Close').last().click();
  await row(page, 'Berta Berg').waitFor();
});

test('MAMA-51, MAMA-52: several are found by prefix, selected and edited at once; an empty field keeps', async () => {
  const { page } = owner;
  await page.getByPlaceholder('Search people').fill('@org:7b');
  await row(page, OWNER.displayName).waitFor({ state: 'detached' });
  await page.getByRole('checkbox', { name: /all/i }).first().check();
  await button(page, 'Edit 2').click();
  await dialog(page).getByLabel('Tier', { exact: true }).fill('school');
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Edit 2').click();
  await row(page, 'Berta Berg').filter({ hasText: 'school' }).filter({ hasText: 'Class 7b' }).waitFor();
  await picture(page, 'people-02-batch');
});

test('an invited person chooses a password by a link that is shown once', async () => {
  const { page } = owner;
  await page.keyboard.press('Escape');
  await row(page, 'Berta Berg').getByText('Berta Berg').click();
  await button(page, 'Password link').click();
  await button(page, 'Reveal').click();
  const link = await page.getByLabel('Secret', { exact: true }).inputValue();
  expect(link).toContain('/reset-password?token=');
  await page.getByLabel('I stored it').check();
  await button(page, 'Done').click();
  await berta.page.goto(link);
  await berta.page.locator('input[autocomplete="new-password"]').fill(PASSWORD);
  await picture(berta.page, 'people-03-invited');
  expect(await violations(berta.page)).toEqual([]);
  await berta.page.locator('button[type="submit"]').click();
  await berta.page.getByRole('navigation').first().waitFor();
  expect(await berta.page.getByRole('link', { name: '사용자', exact: true }).count()).toBe(0);
  await picture(berta.page, 'people-04-berta');
});

test('TEST-84: the account page shows usage, sessions and keys of one\'s own', async () => {
  const { page } = berta;
  const query = 'mutation { countRequest(input: {}) { errors { rule } } issueClientKey(input: { name: "laptop" }) { errors { rule } } }';
  const answer = await page.request.post(`${url}/graphql`, { data: { query } });
  expect(await answer.json()).toMatchObject({ data: { countRequest: { errors: [] }, issueClientKey: { errors: [] } } });
  const content: Record<string, string[]> = {
    profile: ['요청 100회 중 1회 사용, 99회 남음', '전체 요청 1회, 등급 school'], password: ['변경하면 다른 모든 세션이 종료됩니다.'], 'sign-in': ['설정됨'],
    sessions: ['현재 세션', '비밀번호 링크로 로그인'], keys: ['laptop', '사용한 적 없음'],
  };
  await page.goto(`${url}/account`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  for (const [tab, texts] of Object.entries(content)) {
    await visit(page, `/account?tab=${tab}`);
    for (const text of texts) await page.getByText(text).first().waitFor();
    await picture(page, `people-05-account-${tab}`);
    expect({ tab, violations: await violations(page) }).toEqual({ tab, violations: [] });
  }
});

test('TEST-02: a feature that is switched off is gone from the navigation at once', async () => {
  const { page } = berta;
  const chat = page.getByRole('link', { name: '채팅', exact: true });
  await chat.waitFor();
  await go(owner.page, 'Tenant');
  const grant = async (features: readonly string[]): Promise<void> => {
    await button(owner.page, 'Models, services and features').click();
    await dialog(owner.page).getByRole('combobox', { name: 'Features' }).selectOption('named');
    for (const name of ['Chat', 'Virtual keys', 'Key pools', 'Runs']) {
      await dialog(owner.page).getByRole('checkbox', { name, exact: true }).setChecked(features.includes(name));
    }
    await picture(owner.page, 'people-06-entitlements');
    expect(await violations(owner.page)).toEqual([]);
    await button(dialog(owner.page), 'Save').click();
    await owner.page.locator('nav a[href^="/chat"]').waitFor({ state: features.includes('Chat') ? 'attached' : 'detached' });
    await owner.page.keyboard.press('Escape');
  };
  await grant(['Virtual keys', 'Key pools', 'Runs']);
  // Nobody reloads the page.
  await chat.waitFor({ state: 'detached' });
  await page.getByRole('link', { name: '실행', exact: true }).waitFor();
  await grant(['Chat', 'Virtual keys', 'Key pools', 'Runs']);
  await chat.waitFor();
});

test('TEST-03: branding is previewed while it is typed, and shown to the tenant', async () => {
  const { page } = owner;
  await go(page, 'Tenant');
  await page.getByLabel('Name in the header').fill('School Ledger');
  await page.getByLabel('Name in the browser tab').fill('School');
  await page.getByText('Overview · School').waitFor();
  await page.getByLabel('Logo').setInputFiles({
    name: 'logo.svg', mimeType: 'image/svg+xml',
    buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><circle cx="5" cy="5" r="5" fill="#2f9e44"/></svg>'),
  });
  await picture(page, 'people-07-branding');
  expect(await violations(page)).toEqual([]);
  await button(page, 'Save').click();
  await page.getByRole('banner').getByText('School Ledger').waitFor();
  const logo = page.getByRole('banner').locator('img[src*="/logo/"]');
  await logo.waitFor();
  await page.reload();
  await page.getByRole('banner').getByText('School Ledger').waitFor();
  expect(await page.title()).toContain('School');
  await logo.waitFor();
  expect(await logo.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth)).toBeGreaterThan(0);
});

test('HAPA-01: a service client gets a key that is shown once', async () => {
  const { page } = owner;
  await go(page, 'Service clients');
  await button(page, 'Create service client').first().click();
  await dialog(page).getByLabel('Name').fill('Timetable');
  await dialog(page).getByLabel(/see people/).check();
  await picture(page, 'people-08-service-client');
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Create service client').click();
  await row(page, 'Timetable').getByText('Timetable').click();
  await button(page, 'Issue client key').first().click();
  await dialog(page).getByLabel('Name of the key').fill('nightly');
  await button(dialog(page), 'Issue client key').click();
  await button(page, 'Reveal').click();
  await picture(page, 'people-09-client-key');
  expect(await violations(page)).toEqual([]);
  const key = await page.getByLabel('Secret', { exact: true }).inputValue();
  expect(key).toMatch(/^sk-kl-/);
  await page.getByLabel('I stored it').check();
  await button(page, 'Done').click();
  const answer = await fetch(`${server.url}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': key }, body: JSON.stringify({ query: '{ caller { kind } users { totalCount } }' }),
  });
  expect(await answer.json()).toMatchObject({ data: { caller: { kind: 'SERVICE' }, users: { totalCount: 3 } } });
});

test('a tenant is created with its first owner', async () => {
  const { page } = owner;
  await go(page, 'Tenants');
  await button(page, 'Create tenant').first().click();
  await dialog(page).getByLabel('Name of the tenant').fill('Other School');
  await dialog(page).getByLabel('Short name').fill('other');
  await dialog(page).getByLabel('Name of its first owner').fill('Otto Other');
  await dialog(page).getByLabel('Email of its first owner').fill('otto@example.test');
  await picture(page, 'people-10-create-tenant');
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Create tenant').click();
  await page.getByLabel('I stored it').check();
  await button(page, 'Done').click();
  await row(page, 'Other School').waitFor();
});

test('75: a session that is revoked elsewhere leads to sign-in and back to where one was', async () => {
  await berta.page.goto(`${url}/runs`);
  await berta.page.getByRole('heading', { level: 1 }).waitFor();
  await owner.page.goto(`${url}/users`);
  await row(owner.page, 'Berta Berg').getByText('Berta Berg').click();
  await owner.page.getByRole('button', { name: /^End the session/ }).click();
  await button(owner.page, 'End').click();
  await berta.page.locator('input[autocomplete="current-password"]').waitFor();
  await picture(berta.page, 'people-11-session-ended');
  expect(await violations(berta.page)).toEqual([]);
  const email = berta.page.locator('input[autocomplete="username"]');
  if (await email.isEditable()) await email.fill('berta@example.test');
  await berta.page.locator('input[autocomplete="current-password"]').fill(PASSWORD);
  await berta.page.locator('button[type="submit"]').click();
  await berta.page.locator('input[autocomplete="current-password"]').waitFor({ state: 'detached' });
  expect(berta.page.url()).toContain('/runs');
});

test('acts are in the audit log, refused ones with their reason', async () => {
  const { page } = owner;
  const { errors } = await act(api, 'createUser', { email: 'berta@example.test', displayName: 'Berta again', role: 'USER' });
  expect(errors).toMatchObject([{ rule: 'email_taken' }]);
  await go(page, 'Audit log');
  for (const name of ['Client key issued', 'Tenant created', 'Session ended']) await row(page, name).first().waitFor();
  expect(await row(page, 'Act refused').first().innerText()).toMatch(/Refused[\s\S]*Another user has this email/);
  await picture(page, 'people-12-audit');
  expect(await violations(page)).toEqual([]);
});

test('no window complained', () => {
  const expected = (complaint: string): boolean => /401|4403|WebSocket/.test(complaint);
  expect([...owner.complaints, ...berta.complaints].filter((complaint) => !expected(complaint))).toEqual([]);
});

import { readFileSync } from 'node:fs';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Api } from '../../support/api';
import { violations } from '../../support/axe';
import { launchBrowser, openPage, type WatchedPage } from '../../support/browser';
import { button, dialog, picture } from '../../support/screens';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { OWNER, setUpOwner } from '../../support/set-up';

const { dataDir, remove } = temporaryDataDir();
const AUDITOR = { email: 'audrey@example.test', displayName: 'Audrey Audits', password: 'audrey reads everything' };
let server: ServerProcess;
let browser: Browser;
let api: Api;
let owner: WatchedPage;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({ dataDir }), launchBrowser()]);
  api = await setUpOwner(server);
  const { createUsers } = await api.ask(`mutation ($input: CreateUsersInput!) { createUsers(input: $input) { errors { rule path } } }`, {
    input: {
      users: [
        { ...AUDITOR, role: 'AUDITOR', organization: 'Office' },
        ...['Ada', 'Bob', 'Cleo', 'Dan', 'Eve'].map((name) => ({
          email: `${name.toLowerCase()}@example.test`, displayName: name, role: 'USER', organization: 'Physics', note: `${name} likes frogs`,
        })),
      ],
    },
  });
  expect(createUsers.errors).toEqual([]);
  owner = await openPage(browser);
  await signInTo(owner.page, OWNER);
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  remove();
}, 60_000);

afterEach(async () => {
  const step = expect.getState().currentTestName!.split(' ').slice(0, 4).join('-').replace(/\W/g, '-');
  await picture(owner.page, `users-after-${step}`);
});

const at = (place: string): string => `${server.url.replace('127.0.0.1', 'localhost')}${place}`;
const row = (page: Page, name: string): Locator => page.getByRole('row').filter({ hasText: name });
const box = (page: Page, name: string): Locator => page.getByRole('checkbox', { name: `Select ${name}`, exact: true });

async function signInTo(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.goto(at('/users?q=ada'));
  await page.getByRole('textbox').first().fill(email);
  await page.locator('input[type=password]').fill(password);
  await page.keyboard.press('Enter');
  await row(page, 'Ada').first().waitFor();
}

async function usersNamed(search: string): Promise<Record<string, any>[]> {
  const { users } = await api.ask(
    `query ($search: String) { users(first: 100, filter: { search: $search }) { nodes { displayName organization note tier state } } }`, { search });
  return users.nodes;
}

test('MAMA-51: people are chosen by box, range and keyboard, and changed together: what is empty stays, what is cleared goes', async () => {
  const { page } = owner;
  await page.goto(at('/users?organization=Physics&sort=displayName'));
  await row(page, 'Eve').waitFor();
  await box(page, 'Eve').click();
  await box(page, 'Cleo').click({ modifiers: ['Shift'] });
  await page.getByText('3 selected').first().waitFor();
  await row(page, 'Bob').focus();
  await page.keyboard.press('Space');
  await page.getByText('4 selected').first().waitFor();
  await page.keyboard.press('x');
  await page.getByText('3 selected').first().waitFor();
  expect(await violations(page)).toEqual([]);

  await button(page, 'Edit 3').click();
  await dialog(page).getByLabel('Tier').fill('pro');
  await dialog(page).getByLabel('Clear Note').check();
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Edit 3').click();
  await page.getByText('3 done, 0 refused.').waitFor();
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Close').last().click();
  await row(page, 'Eve').filter({ hasText: 'pro' }).waitFor();
  expect((await usersNamed('@org:Physics')).sort((a, b) => a.displayName.localeCompare(b.displayName))).toEqual([
    ...['Ada', 'Bob'].map((displayName) => ({ displayName, organization: 'Physics', note: `${displayName} likes frogs`, tier: 'free', state: 'ACTIVE' })),
    ...['Cleo', 'Dan', 'Eve'].map((displayName) => ({ displayName, organization: 'Physics', note: null, tier: 'pro', state: 'ACTIVE' })),
  ]);
});

test('MAMA-52: prefixes narrow the search, and a hint explains them', async () => {
  const { page } = owner;
  await page.goto(at('/users'));
  const search = page.getByRole('textbox', { name: /^Search people/ });
  for (const [text, count] of [['@org:physics', 5], ['@org:physics @info:frogs', 2], ['@user:ada', 1], ['frogs', 0], ['@info:frogs', 2]] as const) {
    await search.fill(text);
    await (count === 0 ? page.getByText('Nothing matches') : page.getByText(count === 1 ? '1 row' : `${count} rows`, { exact: true })).waitFor();
  }
  expect(decodeURIComponent(new URL(page.url()).search)).toBe('?q=@info:frogs');
  await button(page, 'How to search').click();
  await page.getByText('@model:').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
});

test('MAMA-53: a pasted list is made as a whole or not at all; deleting many asks for their number in words', async () => {
  const { page } = owner;
  await page.goto(at('/users'));
  await button(page, 'Create user').click();
  await dialog(page).getByText('Several').click();
  await dialog(page).getByLabel('Addresses').fill('Nia <nia@example.test>\nada@example.test\nomar@example.test, Omar');
  await button(dialog(page), 'Create 3 users').click();
  await dialog(page).getByText('Another user has this email.').waitFor();
  expect(await violations(page)).toEqual([]);
  expect(await usersNamed('nia')).toEqual([]);
  await dialog(page).getByLabel('Addresses').fill('Nia <nia@example.test>\nomar@example.test, Omar');
  await button(dialog(page), 'Create 2 users').click();
  await row(page, 'Omar').waitFor();

  await page.mouse.move(5, 500);
  await box(page, 'Omar').click();
  await box(page, 'Nia').click();
  await button(page, 'Delete 2').click();
  await dialog(page).getByRole('textbox').fill('delete 3 users');
  // Longer than the button sleeps: it stays shut for the words alone.
  await page.waitForTimeout(2_500);
  expect(await button(dialog(page), 'Delete 2 users').isDisabled()).toBe(true);
  await dialog(page).getByRole('textbox').fill('delete 2 users');
  await button(dialog(page), 'Delete 2 users').click();
  await page.getByText('2 done, 0 refused.').waitFor();
  await button(dialog(page), 'Close').last().click();
  expect(await usersNamed('omar')).toEqual([]);
});

test('MAMA-53: what many are deactivated by mistake is taken back at once', async () => {
  const { page } = owner;
  await page.goto(at('/users?organization=Physics'));
  await box(page, 'Bob').click();
  await box(page, 'Ada').click();
  await button(page, 'Deactivate 2').click();
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Deactivate 2 users').click();
  await page.getByText('2 done, 0 refused.').waitFor();
  await row(page, 'Bob').filter({ hasText: 'Deactivated' }).waitFor();
  await button(page, 'Undo: reactivate them').click();
  await row(page, 'Bob').filter({ hasText: 'Active' }).waitFor();
  await dialog(page).waitFor({ state: 'detached' });
  expect((await usersNamed('@org:Physics')).map(({ state }) => state)).toEqual(Array.from({ length: 5 }, () => 'ACTIVE'));
});

test('a long file is tried first, in parts, told by its own lines, and comes out again', async () => {
  const { page } = owner;
  await page.goto(at('/users'));
  await button(page, 'Import').click();
  const people = Array.from({ length: 600 }, (_, index) => `pupil${index}@example.test,Pupil ${index},user,Class 7`);
  people[549] = 'not an address,Nobody,user,Class 7';
  const csv = ['email,displayName,role,organization', ...people].join('\r\n');
  await dialog(page).locator('input[type=file]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Check').click();
  await dialog(page).getByText('599 · to create').waitFor({ timeout: 60_000 });
  await dialog(page).getByLabel('Only the refused').check();
  const refused = dialog(page).getByRole('row').nth(1);
  expect(await refused.innerText()).toMatch(/^551\s[\s\S]*This is not an email address/);
  expect(await violations(page)).toEqual([]);
  expect(await usersNamed('pupil')).toEqual([]);
  await button(dialog(page), 'Import').click();
  await dialog(page).getByText('The import is complete.').waitFor({ timeout: 120_000 });
  await button(dialog(page), 'Close').last().click();

  await page.goto(at('/users?organization=Class+7'));
  await row(page, 'Pupil 599').waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), button(page, 'Export as CSV').click()]);
  const lines = readFileSync((await file.path())!, 'utf8').trimEnd().split('\n');
  expect(lines[0]).toBe('\uFEFFemail,displayName,role,organization,note,tier');
  expect(lines).toHaveLength(600);
}, 240_000);

test('one person: edited, granted a service, given a password link that is shown once', async () => {
  const { page } = owner;
  await page.goto(at('/users?q=ada'));
  await row(page, 'Ada').getByText('Ada', { exact: true }).click();
  const peek = page.getByRole('complementary', { name: 'Ada' });
  await peek.getByText('All models').waitFor();
  expect(await violations(page)).toEqual([]);
  await button(peek, 'Edit').click();
  await dialog(page).getByLabel('Requests a day').fill('7');
  await button(dialog(page), 'Save').click();
  await peek.getByText('0 of 7').or(peek.getByText('7', { exact: true })).first().waitFor();

  await button(peek, 'Change').click();
  await dialog(page).getByRole('combobox', { name: 'Services' }).selectOption('named');
  await dialog(page).getByLabel('Names').fill('images');
  await page.keyboard.press('Enter');
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Save').click();
  await dialog(page).waitFor({ state: 'detached' });
  // Not to be seen beside what the whole tenant has, which is all.
  const { users } = await api.ask('{ users(filter: { search: "@user:ada" }) { nodes { dailyLimit entitlements { fromUser { services } } } } }');
  expect(users.nodes).toEqual([{ dailyLimit: 7, entitlements: { fromUser: { services: ['images'] } } }]);

  await button(peek, 'Password link').click();
  await button(page, 'Reveal').click();
  const link = await page.getByLabel('Secret', { exact: true }).inputValue();
  expect(link).toMatch(/^https?:\/\/\S+/);
  expect(await violations(page)).toEqual([]);
  await page.getByLabel('I stored it').check();
  await button(page, 'Done').click();
  expect(await page.content()).not.toContain(link);
});

test('what the tenant grants shows in the list at once, and is taken back', async () => {
  const { page } = owner;
  await page.goto(at('/users?q=@user:ada'));
  await row(page, 'Ada').filter({ hasText: 'All models' }).waitFor();
  await button(page, 'Models and services').click();
  const models = dialog(page).getByRole('combobox', { name: 'Models' });
  await models.selectOption('named');
  await dialog(page).getByLabel('Names').fill('gpt-4o');
  await page.keyboard.press('Enter');
  expect(await violations(page)).toEqual([]);
  await button(dialog(page), 'Save').click();
  await row(page, 'Ada').filter({ hasText: 'gpt-4o' }).waitFor();
  await models.selectOption('unset');
  await button(dialog(page), 'Save').click();
  await row(page, 'Ada').filter({ hasText: 'All models' }).waitFor();
  await page.keyboard.press('Escape');
  await dialog(page).waitFor({ state: 'detached' });
});

test('MAMA-40: what was refused is in the audit log, with the reason in words', async () => {
  const { page } = owner;
  await page.goto(at('/audit-log?result=REFUSED'));
  const refused = row(page, 'createUsers').first();
  await refused.waitFor();
  expect(await refused.innerText()).toMatch(/Refused[\s\S]*Another user has this email/);
  await refused.getByText('Act refused').click();
  await page.getByRole('complementary').getByText('Request id').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.goto(at(`/audit-log?to=${new Date(0).toISOString()}`));
  await page.getByText('Nothing matches').waitFor();
});

test('whoever only reads is offered nothing to change', async () => {
  const auditor = await openPage(browser, { colorScheme: 'dark' });
  const { page } = auditor;
  await signInTo(page, AUDITOR);
  expect(await page.getByRole('button', { name: /Create user|^Import$/ }).count()).toBe(0);
  await box(page, 'Ada').click();
  await page.getByText('1 selected').first().waitFor();
  const bar = page.getByRole('group', { name: 'Selected rows' });
  expect(await bar.getByRole('button').allInnerTexts()).toEqual(['Export the selected', 'Clear selection']);
  await row(page, 'Ada').getByText('Ada', { exact: true }).click();
  const peek = page.getByRole('complementary', { name: 'Ada' });
  await peek.getByRole('heading', { name: 'Sessions' }).waitFor();
  expect(await peek.getByRole('button', { name: /^(?:Edit|Delete|Deactivate|Set password|Password link|Change|End.*)$/ }).count()).toBe(0);
  expect(await violations(page)).toEqual([]);
  expect(auditor.complaints).toEqual([]);
});

test.each(['ko-KR', 'ru-RU'])('the screens are open to all in %s', async (locale) => {
  const { page, complaints } = await openPage(browser, { locale, colorScheme: 'dark' });
  await signInTo(page, OWNER);
  expect(await violations(page)).toEqual([]);
  await page.goto(at('/audit-log'));
  await page.getByRole('row').nth(3).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  await page.goto(at('/users?q=ada'));
  await row(page, 'Ada').waitFor();
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  expect(complaints).toEqual([]);
});

test('the window never complained', () => {
  expect(owner.complaints).toEqual([]);
});

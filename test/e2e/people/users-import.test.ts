import { pbkdf2Sync } from 'node:crypto';
import { apiOf, type Api } from '../../support/api';
import { act, done, PASSWORD, somebody } from '../../support/people';
import { startServer, temporaryDataDir, type ServerProcess } from '../../support/server-process';
import { setUpOwner } from '../../support/set-up';

const folder = temporaryDataDir();
let server: ServerProcess;
let owner: Api;

beforeAll(async () => {
  server = await startServer({ dataDir: folder.dataDir });
  owner = await setUpOwner(server);
}, 90_000);
afterAll(async () => {
  await server?.stop();
  folder.remove();
}, 30_000);

const REPORT = 'created updated lines { line outcome email errors { code rule path } }';
const imported = (csv: string, { dryRun = false, api = owner, ...more }: { dryRun?: boolean; api?: Api; idempotencyKey?: string } = {}): Promise<any> =>
  act(api, 'importUsers', { csv, dryRun, ...more }, REPORT);
const outcomes = ({ lines }: any): string[] => lines.map(({ line, outcome, errors }: any) => [line, outcome, ...errors.map(({ rule }: any) => rule)].join(' '));
const people = async (api: Api = owner): Promise<any[]> =>
  (await api.ask('{ users(first: 100, orderBy: { field: CREATED_AT, direction: ASC }) { nodes { email displayName role organization note tier revision } } }')).users.nodes;
const find = async (email: string): Promise<any> => (await people()).find((user) => user.email === email);
const signIn = (email: string, password: string): Promise<any> => act(apiOf(server.url), 'signIn', { email, password });

test('a dry run says what would become of each line, and nothing happens', async () => {
  const csv = 'email,displayName,role\nfirst@example.test,First,user\nsecond@example.test,Second,nonsense\nowner@example.test,,\n';
  const report = await imported(csv, { dryRun: true });
  expect(report).toMatchObject({ errors: [], created: 0, updated: 0 });
  expect(outcomes(report)).toEqual(['2 CREATE', '3 REFUSED role', '4 UNCHANGED']);
  expect((await people()).map(({ email }) => email)).toEqual(['owner@example.test']);
  expect(outcomes(await imported(csv))).toEqual(outcomes(report));
  expect((await people()).map(({ email }) => email)).toEqual(['owner@example.test', 'first@example.test']);
});

test('lines make, change, leave and are refused, each with its reasons', async () => {
  await done(owner, 'createUser', { email: 'there@example.test', displayName: 'There', role: 'USER', organization: 'Old', note: 'stays', tier: 'plus' });
  const report = await imported([
    '\ufeffdisplayName,email,organization,role,tier,password',
    'Newcomer,newcomer@example.test,"Class ""3"", north",auditor,gold,violet tram on ice',
    ',there@example.test,New,,,',
    'There,THERE@example.test,,,,',
    ',nameless@example.test,,,,',
    'Bad,not an address,,,,',
    'Weak,weak@example.test,,,,short',
    'Short line,short@example.test',
    ',,,,,',
  ].join('\r\n'));
  expect(outcomes(report)).toEqual([
    '2 CREATE', '3 UPDATE', '4 REFUSED email_repeated', '5 REFUSED required', '6 REFUSED is_email', '7 REFUSED password_too_short', '8 REFUSED csv_cells',
    '9 REFUSED required',
  ]);
  expect(report).toMatchObject({ created: 1, updated: 1 });
  expect(report.lines[5].errors[0].path).toEqual(['input', 'csv', '7', 'password']);
  expect(await find('newcomer@example.test')).toMatchObject({ displayName: 'Newcomer', organization: 'Class "3", north', role: 'AUDITOR', tier: 'gold' });
  expect(await find('there@example.test')).toMatchObject({ displayName: 'There', organization: 'New', note: 'stays', tier: 'plus', role: 'USER' });
  expect((await signIn('newcomer@example.test', PASSWORD)).errors).toEqual([]);
});

test('the same file again changes nothing, and the same request again has one effect', async () => {
  const csv = 'email,displayName,organization,note\nagain@example.test,Again,Class 1,a note\n';
  const first = await imported(csv, { idempotencyKey: 'once' });
  expect(await imported(csv, { idempotencyKey: 'once' })).toEqual(first);
  const { revision } = await find('again@example.test');
  const again = await imported(csv);
  expect(outcomes(again)).toEqual(['2 UNCHANGED']);
  expect(again).toMatchObject({ created: 0, updated: 0 });
  expect((await find('again@example.test')).revision).toBe(revision);
});

test('hashes of the former system let their owners in', async () => {
  const salt = Buffer.from('sixteen bytes ..');
  const hash = pbkdf2Sync('my old pass', salt, 10_000, 32, 'sha256');
  const passwordHash = `pbkdf2_sha256$10000$${salt.toString('base64url')}$${hash.toString('base64url')}`;
  expect(outcomes(await imported(`email,displayName,passwordHash\nmoved@example.test,Moved,${passwordHash}\n`))).toEqual(['2 CREATE']);
  expect((await signIn('moved@example.test', 'my old pass')).errors).toEqual([]);
  expect((await signIn('moved@example.test', 'not it at all')).errors).toMatchObject([{ rule: 'credentials' }]);
  expect(outcomes(await imported('email,password,passwordHash\nmoved@example.test,a new one for them,\n'))).toEqual(['2 UPDATE']);
  expect((await signIn('moved@example.test', 'a new one for them')).errors).toEqual([]);
  expect(outcomes(await imported(`email,password,passwordHash\nmoved@example.test,a new one for them,${passwordHash}\n`))).toEqual(['2 REFUSED password_or_hash']);
});

test('nobody imports what they may not do by hand', async () => {
  const admin = await somebody(server, owner, 'importer@example.test', 'ADMIN');
  expect(outcomes(await imported([
    'email,displayName,role', 'x1@example.test,X,owner', 'x2@example.test,X,admin', 'x3@example.test,X,', 'owner@example.test,Renamed,', 'importer@example.test,,owner',
    'again@example.test,,admin', 'again2@example.test,X,user',
  ].join('\n'), { api: admin.api }))).toEqual([
    '2 REFUSED role_above', '3 REFUSED role_above', '4 CREATE', '5 REFUSED role_above', '6 REFUSED own_role', '7 REFUSED role_above', '8 CREATE',
  ]);
  expect(outcomes(await imported('email,password\nowner@example.test,somebody elses secret\n', { api: admin.api }))).toEqual(['2 REFUSED role_above']);
});

test.each([
  ['', 'csv_columns'], ['email,salary\na@b.test,1', 'csv_columns'], ['displayName\nKim', 'csv_columns'], ['email\n"a', 'csv_malformed'],
  [`email,displayName\n${Array.from({ length: 501 }, (_, n) => `n${n}@example.test,N`).join('\n')}`, 'csv_lines'],
])('a file that cannot be read is refused as a whole (%#)', async (csv, rule) => {
  expect(await imported(csv)).toMatchObject({ lines: null, created: null, errors: [{ code: 'V1001', rule, path: ['input', 'csv'] }] });
});

test('500 lines go in at once', async () => {
  const before = (await owner.ask('{ users { totalCount } }')).users.totalCount;
  const csv = `email,displayName,organization\n${Array.from({ length: 500 }, (_, n) => `bulk-${n}@example.test,Bulk ${n},Bulk`).join('\n')}`;
  expect(await imported(csv)).toMatchObject({ created: 500, errors: [] });
  expect((await owner.ask('{ users { totalCount } }')).users.totalCount).toBe(before + 500);
}, 60_000);

test('an export goes in again as it is, and runs nothing in a spreadsheet', async () => {
  const formula = '=HYPERLINK("http://example.test","x")';
  await done(owner, 'createUser', { email: 'formula@example.test', displayName: formula, role: 'USER', organization: '@org', note: '-1+2, "quoted"\nsecond line' });
  const { userExport } = await owner.ask('{ userExport(filter: { search: "formula" }) { csv cursor } }');
  expect(userExport.csv).toBe(
    `email,displayName,role,organization,note,tier\nformula@example.test,"'${formula.replaceAll('"', '""')}",user,'@org,"'-1+2, ""quoted""\nsecond line",free\n`);
  expect(userExport.cursor).toBeNull();
  expect(outcomes(await imported(userExport.csv))).toEqual(['3 UNCHANGED']);
});

test('an export comes in parts of 1,000, each person once', async () => {
  for (const part of [0, 1]) {
    const csv = `email,displayName\n${Array.from({ length: 250 }, (_, n) => `part-${part}-${n}@example.test,Part`).join('\n')}`;
    expect(await imported(csv)).toMatchObject({ created: 250 });
  }
  const total = (await owner.ask('{ users { totalCount } }')).users.totalCount;
  expect(total).toBeGreaterThan(1_000);
  const parts: string[] = [];
  for (let after: string | null = null, last = false; !last;) {
    const { userExport }: any = await owner.ask('query ($after: String) { userExport(after: $after) { csv cursor } }', { after });
    parts.push(userExport.csv);
    after = userExport.cursor;
    last = after === null;
  }
  expect(parts).toHaveLength(2);
  const addresses = parts.join('').split('\n').filter((line) => line.includes('@example.test')).map((line) => line.split(',')[0]);
  expect(new Set(addresses).size).toBe(total);
  const { errors } = await owner.call('{ userExport(after: "nonsense") { csv } }');
  expect(errors).toMatchObject([{ extensions: { code: 'E4004' } }]);
}, 60_000);

import { asDisplayName } from '../../../schema/account/display-name';
import { UpdateProfileInput } from '../../../schema/account/inputs';
import { SetEntitlementsInput } from '../../../schema/entitlement/inputs';
import { SetUpInput } from '../../../schema/session/inputs';
import { SignUpInput } from '../../../schema/sign-in/inputs';
import { ChangeBrandingInput, CreateTenantInput, NewOwnerInput, RenameTenantInput } from '../../../schema/tenant/inputs';
import { readTenantConfiguration } from '../../../schema/tenant/configuration';
import { AssignTierInput, ImportUsersInput, NewUserInput, UpdateUserInput, UpdateUsersInput } from '../../../schema/user/inputs';
import { invalidFields } from '../../../src/graphql/validation';

type Input = new () => object;
const rulesOf = async (Class: Input, field: string, value: unknown): Promise<string[]> =>
  (await invalidFields(Object.assign(new Class(), { [field]: value }), 'input')).filter(({ path }) => path?.[1] === field).map(({ rule }) => rule);

const zeroWidth = 'Ann\u200BLee';

describe.each<[string, Input, string]>([
  ['NewUserInput', NewUserInput, 'displayName'], ['UpdateUserInput', UpdateUserInput, 'displayName'], ['SignUpInput', SignUpInput, 'displayName'],
  ['UpdateProfileInput', UpdateProfileInput, 'displayName'], ['SetUpInput', SetUpInput, 'displayName'], ['NewOwnerInput', NewOwnerInput, 'displayName'],
  ['SetUpInput', SetUpInput, 'tenantName'], ['CreateTenantInput', CreateTenantInput, 'name'], ['RenameTenantInput', RenameTenantInput, 'name'],
  ['ChangeBrandingInput', ChangeBrandingInput, 'pageTitle'], ['ChangeBrandingInput', ChangeBrandingInput, 'browserTitle'],
])('%s', (_name, Class, field) => {
  it.each<[string, string[]]>([
    ['Ann Lee', []], ['김민지', []], ['x'.repeat(100), []], ['👩'.repeat(100), []], ['x'.repeat(101), ['max_length']], ['', ['min_length', 'matches']],
    ['   ', ['matches']], [zeroWidth, ['matches']], ['a\u0000b', ['matches']], ['a\nb', ['matches']],
  ])(`${field} %j`, async (value, rules) => {
    expect((await rulesOf(Class, field, value)).sort()).toEqual([...rules].sort());
  });
});

describe.each<[string, Input]>([
  ['NewUserInput', NewUserInput], ['AssignTierInput', AssignTierInput], ['UpdateUsersInput', UpdateUsersInput], ['SetEntitlementsInput', SetEntitlementsInput],
])('%s: the tier that is assigned and the tier that is granted are one word', (_name, Class) => {
  it.each<[string, string[]]>([
    ['free', []], ['Class 3', []], ['f\u200Bree', ['matches']], ['free\u0000', ['matches']], [' free', ['matches']], ['x'.repeat(101), ['max_length']],
  ])('%j', async (tier, rules) => {
    expect(await rulesOf(Class, 'tier', tier)).toEqual(rules);
  });
});

test('a tenant from a file has the same names as one from the API', () => {
  const faults = (more: object): string[] => {
    const read = readTenantConfiguration({ tenant_id: 'acme', layout: 'Acme', ...more });
    return 'faults' in read ? read.faults.map(({ path }) => path) : [];
  };
  expect(faults({ branding: { page_title: 'Acme', browser_tab_title: null } })).toEqual([]);
  expect(faults({ layout: zeroWidth })).toEqual(['layout']);
  expect(faults({ branding: { page_title: zeroWidth, browser_tab_title: 'a\u0000' } })).toEqual(['branding.page_title', 'branding.browser_tab_title']);
});

test('features of a tenant are named once each', async () => {
  expect(await rulesOf(CreateTenantInput, 'features', ['chat', 'chat'])).toEqual(['array_unique']);
});

test('a file of people is no longer than a request can be', async () => {
  expect(await rulesOf(ImportUsersInput, 'csv', 'x'.repeat(90_000))).toEqual([]);
  expect(await rulesOf(ImportUsersInput, 'csv', 'x'.repeat(90_001))).toEqual(['max_length']);
});

describe('a name from elsewhere', () => {
  it.each<[string | null | undefined, string]>([
    ['Ann Lee', 'Ann Lee'], [zeroWidth, 'AnnLee'], ['Ann\nLee\u0000', 'Ann Lee'], ['  Ann ', 'Ann'], ['김민지', '김민지'], ['half \uD800', 'half'],
    ['x'.repeat(150), 'x'.repeat(100)], ['❤️'.repeat(150), '❤️'.repeat(100)], [`${'x'.repeat(99)} y`, 'x'.repeat(99)],
    ['', 'ann'], ['\u200B\u202E', 'ann'], ['   ', 'ann'], [null, 'ann'], [undefined, 'ann'],
  ])('%j', async (text, name) => {
    expect(asDisplayName(text, 'ann')).toBe(name);
    expect(await rulesOf(UpdateProfileInput, 'displayName', asDisplayName(text, 'ann'))).toEqual([]);
  });

  it('has a stand-in of the same form', () => {
    expect(asDisplayName(null, `${'y'.repeat(120)}\u0000`)).toBe('y'.repeat(100));
  });
});

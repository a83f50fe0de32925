import { decodeListSearch, parseSearch } from '../lib/url-codec';
import { download } from '../lib/csv';
import { exportUsers } from './export-users';
import { userFilter, userList } from './list';
import { userSpec } from './spec';
import { aUser } from './user.fixture';

jest.mock('../lib/csv', () => ({ ...jest.requireActual('../lib/csv'), download: jest.fn() }));

const asked = (url: string) => decodeListSearch(userSpec, parseSearch(url));
const admits = (url: string, user = aUser('Ada')) => userList(asked(url)).admits(user);

describe('a user that just came into being', () => {
  it.each([
    ['', true], ['?q=ada', true], ['?q=phys', true], ['?q=zzz', false],
    ['?role=ADMIN', false], ['?role=USER&role=ADMIN', true], ['?tier=free', true], ['?tier=pro', false],
    ['?organization=Physics', true], ['?organization=Chem', false], ['?model=gpt-4o', true], ['?model=other', false],
    ['?sort=displayName', false],
    ['?q=ada%20phys', true], ['?q=phys%20%20ada', true], ['?q=ada%20chem', false],
  ])('of %s: %p', (url, belongs) => expect(admits(url)).toBe(belongs));

  it('is left to the server where a prefix means something to it only', () => {
    expect(admits('?q=%40user%3Aada')).toBe(false);
    expect(admits('?q=%22ada%22')).toBe(false);
  });

  it('may use each model when every one is granted', () => {
    const user = aUser('Ada', { entitlements: { __typename: 'EffectiveEntitlements', models: ['all-team-models'] } });
    expect(admits('?model=other', user)).toBe(true);
    expect(admits('?model=other&role=ADMIN', user)).toBe(false);
  });

  it('is not listed when deleted, unless that was asked for', () => {
    const gone = aUser('Ada', { state: 'DELETED' });
    expect(admits('', gone)).toBe(false);
    expect(admits('?state=DELETED', gone)).toBe(true);
  });
});

it('asks for what the URL says', () => {
  expect(userFilter(asked('?q=%40org%3Aphysics&role=ADMIN&tier=pro&model=gpt-4o'))).toEqual({
    search: '@org:physics', role: ['ADMIN'], state: undefined, organization: undefined, tier: ['pro'], model: ['gpt-4o'],
  });
});

describe('the export', () => {
  const client = (parts: readonly ({ csv: string; cursor: string | null } | undefined)[]) => {
    const variables: object[] = [];
    const query = (_node: unknown, asks: object) => {
      const part = parts[variables.length];
      variables.push(asks);
      const data = part && { userExport: part };
      return { toPromise: async () => ({ data, error: data ? undefined : { graphQLErrors: [{ extensions: { code: 'E5031' } }] } }) };
    };
    return { variables, client: { query } as never };
  };
  beforeEach(() => jest.mocked(download).mockClear());

  it('puts all parts into one file', async () => {
    const { client: three, variables } = client([{ csv: 'email\na\n', cursor: '1' }, { csv: 'b\n', cursor: '2' }, { csv: 'c\n', cursor: null }]);
    expect(await exportUsers(three, { role: ['USER'] })).toBeUndefined();
    expect(variables).toEqual([undefined, '1', '2'].map((after) => ({ filter: { role: ['USER'] }, after })));
    expect(download).toHaveBeenCalledWith('users.csv', '\uFEFFemail\na\nb\nc\n');
  });

  it('saves nothing when a part is missing', async () => {
    const { client: broken } = client([{ csv: 'email\na\n', cursor: '1' }, undefined]);
    expect(await exportUsers(broken, {})).toMatchObject({ code: 'E5031' });
    expect(download).not.toHaveBeenCalled();
  });
});

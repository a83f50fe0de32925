import { user } from '../../../commands/user/decider';
import { createApiSetting, type ApiSetting, type Person } from '../chat-session/api-setting';

let api: ApiSetting;
let owner: Person;
let somebody: Person;

beforeAll(async () => {
  const unused = (): never => { throw new Error('no vendors here'); };
  api = await createApiSetting({ llm: { streamChat: unused }, litellm: { generateKey: unused, deleteKey: unused } });
  owner = await api.person('owner');
  somebody = await api.person();
});
afterAll(() => api.close());

const INPUT_OF: Record<string, string> = {
  setDailyLimit: 'SetDailyLimitInput', updateUser: 'UpdateUserInput', updateUsers: 'UpdateUsersInput', updateProfile: 'UpdateProfileInput',
  setPreferences: 'SetPreferencesInput',
};

async function act(name: keyof typeof INPUT_OF, input: Record<string, unknown>, who = owner): Promise<any[]> {
  const document = `mutation ($input: ${INPUT_OF[name]}!) { ${name}(input: $input) { errors { code rule path } } }`;
  return (await api.ask(who, document, { input }))[name].errors;
}
const required = (...fields: string[]): unknown[] => fields.map((field) => ({ code: 'E4003', rule: 'required', path: ['input', field] }));
const stateOf = async (of: Person): Promise<any> => (await api.commands.load(user, of.userId)).state;

test('a daily limit that was left out is none; null is unlimited', async () => {
  expect(await act('setDailyLimit', { userId: somebody.id, requests: 3 })).toEqual([]);
  expect(await act('setDailyLimit', { userId: somebody.id })).toEqual(required('requests'));
  expect((await stateOf(somebody)).dailyRequests).toBe(3);
  expect(await act('setDailyLimit', { userId: somebody.id, requests: null })).toEqual([]);
  expect((await stateOf(somebody)).dailyRequests).toBeNull();
});

test('what cannot be cleared is refused by every act alike', async () => {
  const before = await stateOf(somebody);
  expect(await act('updateUser', { userId: somebody.id, displayName: null, note: 'x' })).toEqual(required('displayName'));
  expect(await act('updateUsers', { userIds: [somebody.id], tier: null, role: null, note: 'x' })).toEqual(required('tier', 'role'));
  expect(await act('updateProfile', { displayName: null }, somebody)).toEqual(required('displayName'));
  expect(await act('setPreferences', { explanationStyle: null, pythonSkillLevel: 'BEGINNER' }, somebody)).toEqual(required('explanationStyle'));
  expect(await stateOf(somebody)).toEqual(before);
});

test('a profile that is saved as it is writes nothing', async () => {
  const revision = async (): Promise<bigint> => (await api.commands.load(user, somebody.userId)).revision;
  const profile = { displayName: 'Kim', picture: 'https://example.test/kim.png' };
  expect(await act('updateProfile', profile, somebody)).toEqual([]);
  const before = await revision();
  expect(await act('updateProfile', profile, somebody)).toEqual([]);
  expect(await revision()).toBe(before);
  expect(await act('updateProfile', { picture: null }, somebody)).toEqual([]);
  expect(await revision()).toBe(before + 1n);
});

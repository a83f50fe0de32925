import { RefusedError } from '../../../schema/errors/catalogue';
import { createApiSetting, type ApiSetting } from '../chat-session/api-setting';

const SET_UP = 'mutation ($input: SetUpInput!) { setUp(input: $input) { errors { code rule } viewer { role operator } } }';
const owner = { tenantName: 'Acme', email: 'owner@example.test', displayName: 'Kim', password: 'violet tram on ice' };
let api: ApiSetting;

beforeAll(async () => {
  const unused = async (): Promise<never> => { throw new Error('not used here'); };
  api = await createApiSetting({ llm: { streamChat: () => { throw new Error('no chats here'); } }, litellm: { generateKey: unused, deleteKey: unused } });
});
afterAll(() => api.close());

test('the link works until there is an owner: a weak password, or too many who sign in, use it up for nobody', async () => {
  const setUp = async (input: object): Promise<any> => (await api.ask({ kind: 'anonymous' }, SET_UP, { input: { ...owner, ...input } })).setUp;
  const token = (await api.auth.setup.token())!;
  expect(await setUp({ token: 'A'.repeat(43) })).toMatchObject({ errors: [{ code: 'E4031', rule: 'setup_token' }] });
  expect(await setUp({ token, password: 'password1234' })).toMatchObject({ errors: [{ code: 'V1001', rule: 'password_common' }] });
  const busy = new RefusedError({ code: 'E4291', rule: 'sign_in_busy', message: 'Too many people are signing in at once.' });
  jest.spyOn(api.auth.passwords, 'set').mockRejectedValueOnce(busy);
  expect(await setUp({ token })).toMatchObject({ errors: [{ code: 'E4291', rule: 'sign_in_busy' }] });
  expect(await setUp({ token })).toEqual({ errors: [], viewer: { role: 'OWNER', operator: true } });
  expect(await setUp({ token })).toMatchObject({ errors: [{ rule: 'setup_token' }] });
});

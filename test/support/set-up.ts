import { apiOf, type Api } from './api';
import type { ServerProcess } from './server-process';

export const OWNER = { email: 'owner@example.test', password: 'correct horse battery', displayName: 'Olga Owner', tenantName: 'Acme School' };

const SET_UP = `mutation ($input: SetUpInput!) {
  setUp(input: $input) { position errors { code rule message } viewer { role user { id } tenant { id name } } }
}`;
const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { position errors { code rule message } viewer { role user { id } } } }`;

/** Uses the printed link as the first owner would, and answers the owner's API. */
export async function setUpOwner(server: ServerProcess): Promise<Api> {
  const token = new URL(server.setupLink ?? '').searchParams.get('token');
  const api = apiOf(server.url);
  const { setUp } = await api.ask(SET_UP, { input: { ...OWNER, token } });
  if (setUp.errors.length > 0) throw new Error(`Set-up was refused: ${JSON.stringify(setUp.errors)}`);
  return api;
}

/** Signs in, by default as the owner that `setUpOwner` made. */
export async function signIn(server: Pick<ServerProcess, 'url'>, { email, password } = OWNER): Promise<Api> {
  const api = apiOf(server.url);
  const { signIn: payload } = await api.ask(SIGN_IN, { input: { email, password } });
  if (payload.errors.length > 0) throw new Error(`Sign-in was refused: ${JSON.stringify(payload.errors)}`);
  return api;
}

import { apiOf, type Api } from '../../support/api';
import type { ServerProcess } from '../../support/server-process';

/** Good enough for everybody in these tests. */
export const PASSWORD = 'violet tram on ice';

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Runs one mutation and answers its payload; `fields` are asked for besides `errors` and `position`. */
export async function act(api: Api, name: string, input: object = {}, fields = ''): Promise<any> {
  const data = await api.ask(
    `mutation ($input: ${capital(name)}Input!) { ${name}(input: $input) { position errors { code rule message path details } ${fields} } }`, { input });
  return data[name];
}

/** Like `act`, but a refusal is a failed test. */
export async function done(api: Api, name: string, input: object = {}, fields = ''): Promise<any> {
  const payload = await act(api, name, input, fields);
  if (payload.errors.length > 0) throw new Error(`${name} was refused: ${JSON.stringify(payload.errors)}`);
  return payload;
}

/** Somebody new, signed in by password. */
export async function somebody(server: ServerProcess, admin: Api, email: string, role = 'USER'): Promise<{ id: string; email: string; api: Api }> {
  const { user } = await done(admin, 'createUser', { email, displayName: email.split('@')[0], role, password: PASSWORD }, 'user { id }');
  const api = apiOf(server.url);
  await done(api, 'signIn', { email, password: PASSWORD });
  return { id: user.id, email, api };
}

/** A caller with headers of its own and no cookie. */
export async function post(url: string, headers: Record<string, string>, query: string): Promise<{ status: number; data: any; errors: any[] }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query }),
  });
  const { data = null, errors = [] } = (await response.json()) as { data?: unknown; errors?: any[] };
  return { status: response.status, data, errors };
}

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** The newest acts of these kinds, newest first. */
export async function acts(api: Api, kinds: string[], first = 20): Promise<any[]> {
  // An act of the reader's own comes after those of others: an audit log that shows it shows them.
  await done(api, 'updateProfile', { displayName: 'Olga Owner' });
  const { auditLog } = await api.ask(
    `query ($first: Int, $act: [String!]) {
      auditLog(first: $first, filter: { act: $act }) { nodes { act actorKind actorId subjects result reason address summary } }
    }`,
    { first, act: kinds });
  return auditLog.nodes;
}

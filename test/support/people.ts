import { apiOf, type Api } from './api';
import type { ServerProcess } from './server-process';

/** Good enough for everybody in these tests. */
export const PASSWORD = 'violet tram on ice';

/** The id that the log knows an object by, of the global id that the API knows it by. */
export const keyOf = (id: string): string => Buffer.from(id, 'base64url').toString().replace(/^\w+:/, '');

/** The other way round. */
export const globalId = (type: string, key: string): string => Buffer.from(`${type}:${key}`).toString('base64url');

/** The name of the input type of a mutation. */
export const inputOf = (mutation: string): string => `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;

/** Runs one mutation and answers its payload; `fields` are asked for besides `errors` and `position`. */
export async function act(api: Api, name: string, input: object = {}, fields = ''): Promise<any> {
  const data = await api.ask(
    `mutation ($input: ${inputOf(name)}!) { ${name}(input: $input) { position errors { code rule message path details } ${fields} } }`, { input });
  return data[name];
}

/** Like `act`, but a refusal is a failed test. */
export async function done(api: Api, name: string, input: object = {}, fields = ''): Promise<any> {
  const payload = await act(api, name, input, fields);
  if (payload.errors.length > 0) throw new Error(`${name} was refused: ${JSON.stringify(payload.errors)}`);
  return payload;
}

export interface Somebody {
  /** Global id. */
  id: string;
  email: string;
  /** Signed in by password. */
  api: Api;
}

/** Somebody new in the tenant of the caller. */
export async function somebody(server: Pick<ServerProcess, 'url'>, admin: Api, email: string, role = 'USER', more: object = {}): Promise<Somebody> {
  const { user } = await done(admin, 'createUser', { email, displayName: email.split('@')[0], role, password: PASSWORD, ...more }, 'user { id }');
  const api = apiOf(server.url);
  await done(api, 'signIn', { email, password: PASSWORD });
  return { id: user.id, email, api };
}

let marks = 0;

/**
 * Whatever anybody did before is seen by the next query of this caller. What they write themselves comes after it in the
 * log, and the views have to pass that; it has to be something that changes, as nothing is written of what stays as it is.
 */
export const seeAll = (api: Api): Promise<{ position: string }> => done(api, 'updateProfile', { displayName: `Olga Owner ${++marks}` });

/** The newest acts of these kinds, newest first. */
export async function acts(api: Api, kinds: string[], first = 20): Promise<any[]> {
  await seeAll(api);
  const { auditLog } = await api.ask(
    `query ($first: Int, $act: [String!]) {
      auditLog(first: $first, filter: { act: $act }) { nodes { position act actorKind actorId subjects result reason address summary } }
    }`,
    { first, act: kinds });
  return auditLog.nodes;
}

import { apiOf, type Api } from './api';
import type { ServerProcess } from './server-process';

export const TENANT_PASSWORD = 'plain words of theirs';

export interface NewTenant {
  slug: string;
  /** Global id. */
  id: string;
  email: string;
  /** Its first owner, signed in by the link. */
  owner: Api;
}

const CREATE = `mutation ($input: CreateTenantInput!) {
  createTenant(input: $input) { position passwordLink tenant { id slug } errors { code rule message path } }
}`;
const RESET = 'mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { position errors { code rule message } viewer { tenant { id } } } }';

/** Makes a tenant as the operator would, and takes its owner in by the link. */
export async function makeTenant(server: Pick<ServerProcess, 'url'>, operator: Api, slug: string, more: object = {}): Promise<NewTenant> {
  const email = `owner-of-${slug}@example.test`;
  const input = { slug, name: `Name of ${slug}`, owner: { email, displayName: `Owner of ${slug}` }, ...more };
  const { createTenant } = await operator.ask(CREATE, { input });
  if (createTenant.errors.length > 0) throw new Error(`The tenant was refused: ${JSON.stringify(createTenant.errors)}`);
  const owner = apiOf(server.url);
  const token = new URL(createTenant.passwordLink).searchParams.get('token');
  const { resetPassword } = await owner.ask(RESET, { input: { token, password: TENANT_PASSWORD } });
  if (resetPassword.errors.length > 0) throw new Error(`The link was refused: ${JSON.stringify(resetPassword.errors)}`);
  return { slug, id: createTenant.tenant.id, email, owner };
}

/** Runs a mutation and answers its payload, whatever it says; `fields` are those asked for beside `position` and `errors`. */
export async function mutation(api: Api, name: string, input: object, fields = ''): Promise<Record<string, any>> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const data = await api.ask(`mutation ($input: ${type}!) { ${name}(input: $input) { position ${fields} errors { code rule message path details } } }`, { input });
  return data[name];
}

/** Like `mutation`, but a refusal is a failed test. */
export async function done(api: Api, name: string, input: object, fields = ''): Promise<Record<string, any>> {
  const payload = await mutation(api, name, input, fields);
  if (payload.errors.length > 0) throw new Error(`${name} was refused: ${JSON.stringify(payload.errors)}`);
  return payload;
}

/** A user of the caller's tenant, and signed in as such. */
export async function newUser(server: Pick<ServerProcess, 'url'>, admin: Api, email: string, more: object = {}): Promise<{ id: string; api: Api }> {
  const { user } = await done(admin, 'createUser', { email, displayName: email, role: 'USER', password: TENANT_PASSWORD, ...more }, 'user { id }');
  const api = apiOf(server.url);
  await done(api, 'signIn', { email, password: TENANT_PASSWORD });
  return { id: user.id, api };
}

/** Follows a subscription; answers all that has come so far, once the first item is there. */
export async function follow(api: Api, query: string): Promise<{ items: any[]; closed: Promise<number>; stop(): Promise<void> }> {
  const client = api.socket();
  const items: any[] = [];
  const closed = new Promise<number>((resolve) => {
    client.on('closed', (event) => resolve((event as { code: number }).code));
  });
  await new Promise<void>((resolve, reject) => {
    client.subscribe({ query }, {
      next(item) {
        items.push(item);
        resolve();
      },
      error: reject,
      complete: () => undefined,
    });
  });
  return { items, closed, stop: async () => client.dispose() };
}

/** Asks again until the answer is as it should be. */
export async function eventually<Value>(look: () => Promise<Value | false | undefined>, withinMs = 10_000): Promise<Value> {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error('It did not become so in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Uploads a logo with the session of this caller. */
export function putLogo(url: string, api: Api, body: Uint8Array | string, headers: Record<string, string> = {}): Promise<Response> {
  const cookie = api.cookie();
  return fetch(`${url}/logo`, { method: 'PUT', headers: { 'content-type': 'image/png', ...(cookie && { cookie }), ...headers }, body: body as BodyInit });
}

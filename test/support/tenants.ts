import { apiOf, type Api } from './api';
import { done, PASSWORD } from './people';
import type { ServerProcess } from './server-process';

export interface NewTenant {
  slug: string;
  /** Global id. */
  id: string;
  email: string;
  /** Its first owner, signed in by the link. */
  owner: Api;
}

/** Makes a tenant as the operator would, and takes its owner in by the link. */
export async function makeTenant(server: Pick<ServerProcess, 'url'>, operator: Api, slug: string, more: object = {}): Promise<NewTenant> {
  const email = `owner-of-${slug}@example.test`;
  const input = { slug, name: `Name of ${slug}`, owner: { email, displayName: `Owner of ${slug}` }, ...more };
  const { tenant, passwordLink } = await done(operator, 'createTenant', input, 'passwordLink tenant { id slug }');
  const owner = apiOf(server.url);
  await done(owner, 'resetPassword', { token: new URL(passwordLink).searchParams.get('token'), password: PASSWORD }, 'viewer { tenant { id } }');
  return { slug, id: tenant.id, email, owner };
}

/** Uploads a logo with the session of this caller. */
export function putLogo(url: string, api: Api, body: Uint8Array | string, headers: Record<string, string> = {}): Promise<Response> {
  const cookie = api.cookie();
  return fetch(`${url}/logo`, { method: 'PUT', headers: { 'content-type': 'image/png', ...(cookie && { cookie }), ...headers }, body: body as BodyInit });
}

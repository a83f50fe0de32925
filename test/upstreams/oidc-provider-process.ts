import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { projectRoot } from '../../src/paths';
import { freePort } from '../support/server-process';

export interface OidcProviderProcess {
  issuer: string;
  clientId: string;
  clientSecret: string;
  port: number;
  /** Whoever signs in next is this person. */
  become(claims: { sub: string; email?: string; email_verified?: boolean; name?: string }): Promise<void>;
  stop(): Promise<void>;
}

/** Starts `oidc-provider` with one client that may come back to `redirectUris`. */
export async function startOidcProvider(
  { redirectUris, port, clientSecret = randomUUID() }: { redirectUris: readonly string[]; port?: number; clientSecret?: string },
): Promise<OidcProviderProcess> {
  const chosen = port ?? (await freePort());
  const clientId = 'keyledger';
  const client = {
    client_id: clientId, client_secret: clientSecret, redirect_uris: redirectUris, token_endpoint_auth_method: 'client_secret_post',
  };
  const child = spawn(process.execPath, [path.join(projectRoot, 'test/upstreams/oidc-provider.mjs'), String(chosen), JSON.stringify([client])], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`The OpenID provider ended with ${code}`)));
  });
  const issuer = `http://127.0.0.1:${chosen}`;
  return {
    issuer, clientId, clientSecret, port: chosen,
    become: async (claims) => void (await fetch(`${issuer}/person`, { method: 'PUT', body: JSON.stringify(claims) })),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

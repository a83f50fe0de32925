import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** What the provider does otherwise than it should; each is given what it would have said. */
export interface Tampering {
  discovery?(document: Record<string, unknown>): object;
  /** Of the way back: change it in place. */
  answer?(query: URLSearchParams): void;
  claims?(claims: Record<string, unknown>): Record<string, unknown>;
  idToken?(token: string): string | undefined | Promise<string>;
  token?(response: ServerResponse): boolean;
  userinfo?(claims: Record<string, unknown>): object;
  /** Whether the token endpoint takes any code verifier and any code, also one that it never gave out, for `person`. */
  careless?: true;
}

export interface OidcStandIn {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who signs in next. */
  person: Record<string, unknown>;
  tampering: Tampering;
  /** Paths that were asked for. */
  calls: string[];
  /** Forms that the token endpoint got. */
  forms: URLSearchParams[];
  close(): Promise<void>;
}

/** Takes a while to make, so all providers of a process share it. */
let signingKeys: ReturnType<typeof generateKeyPair> | undefined;

/** An OpenID Connect provider on the loopback that signs everybody in at once and can be made to lie. */
export async function startOidcStandIn({ port = 0 } = {}): Promise<OidcStandIn> {
  signingKeys ??= generateKeyPair('RS256', { extractable: true });
  const { privateKey, publicKey } = await signingKeys;
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' };
  const codes = new Map<string, { nonce: string | null; challenge: string | null; redirectUri: string; person: Record<string, unknown> }>();
  const server = createServer((request, response) => void answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error))));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const standIn: OidcStandIn = {
    issuer, clientId: 'keyledger', clientSecret: randomUUID(), person: {}, tampering: {}, calls: [], forms: [],
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
  return standIn;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, issuer);
    const { tampering } = standIn;
    standIn.calls.push(pathname);
    const send = (body: unknown, status = 200): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    switch (pathname) {
      case '/.well-known/openid-configuration': {
        const document = {
          issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`,
          userinfo_endpoint: `${issuer}/userinfo`, response_types_supported: ['code'], subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'], authorization_response_iss_parameter_supported: true,
          code_challenge_methods_supported: ['S256'],
        };
        return send(tampering.discovery?.(document) ?? document);
      }
      case '/authorize': {
        const code = randomUUID();
        const redirectUri = searchParams.get('redirect_uri')!;
        codes.set(code, { nonce: searchParams.get('nonce'), challenge: searchParams.get('code_challenge'), redirectUri, person: standIn.person });
        const back = new URL(redirectUri);
        back.search = new URLSearchParams({ code, state: searchParams.get('state') ?? '', iss: issuer }).toString();
        tampering.answer?.(back.searchParams);
        return void response.writeHead(302, { location: back.href }).end();
      }
      case '/token': {
        const form = new URLSearchParams(await textOf(request));
        standIn.forms.push(form);
        if (tampering.token?.(response)) return;
        const unheardOf = { nonce: null, challenge: null, redirectUri: form.get('redirect_uri'), person: standIn.person };
        const code = codes.get(form.get('code') ?? '') ?? (tampering.careless && unheardOf);
        const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
        if (!tampering.careless) codes.delete(form.get('code') ?? '');
        const secretFits = form.get('client_secret') === standIn.clientSecret && form.get('client_id') === standIn.clientId;
        if (!code || !secretFits || form.get('redirect_uri') !== code.redirectUri || !(challenge === code.challenge || tampering.careless)) return send({ error: 'invalid_grant' }, 400);
        const seconds = Math.floor(Date.now() / 1_000);
        const claims = { iss: issuer, aud: standIn.clientId, iat: seconds, exp: seconds + 300, nonce: code.nonce, ...code.person };
        const token = await new SignJWT(tampering.claims?.(claims) ?? claims).setProtectedHeader({ alg: 'RS256', kid: 'key-1' }).sign(privateKey);
        const idToken = tampering.idToken ? await tampering.idToken(token) : token;
        return send({ access_token: randomUUID(), token_type: 'Bearer', expires_in: 300, ...(idToken !== undefined && { id_token: idToken }) });
      }
      case '/jwks':
        return send({ keys: [jwk] });
      case '/userinfo':
        return send(tampering.userinfo?.(standIn.person) ?? standIn.person);
      default:
        return send({ error: 'not_found' }, 404);
    }
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

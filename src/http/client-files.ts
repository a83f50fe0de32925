import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fastifyHelmet from '@fastify/helmet';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** In the built index.html this stands where the style nonce goes; without it the page gets no nonce. */
export const NONCE_PLACEHOLDER = '__CSP_NONCE__';

const IMMUTABLE = 'public, max-age=31536000, immutable';
const REVALIDATE = 'no-cache';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

interface ClientFile {
  body: Buffer;
  /** Undefined where packing does not help. */
  gzip: Buffer | undefined;
  type: string;
  etag: string;
  cacheControl: string;
}

/**
 * Serves the built client from memory: hashed files for ever, everything else revalidated, and index.html for every
 * page of the app. Does nothing when no client was built. Paths are looked up among the files found at start, so there
 * is no way out of the folder.
 */
export async function registerClientFiles(
  app: FastifyInstance, { directory, https }: { directory: string; https: boolean },
): Promise<void> {
  if (!existsSync(path.join(directory, 'index.html'))) return;
  const files = readFiles(directory);
  const index = readFileSync(path.join(directory, 'index.html'), 'utf8');
  const withNonce = index.includes(NONCE_PLACEHOLDER);

  await app.register(fastifyHelmet, {
    global: false,
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurity({ https, withNonce }) },
    enableCSPNonces: withNonce,
    strictTransportSecurity: https && { maxAge: 31_536_000, includeSubDomains: false },
  });
  app.get('/*', { helmet: {} }, (request, reply) => {
    const file = files.get(request.url.split('?')[0] ?? '');
    if (file) return sendFile(request, reply, file);
    if (!request.headers.accept?.includes('text/html')) return reply.callNotFound();
    const page = withNonce ? index.replaceAll(NONCE_PLACEHOLDER, reply.cspNonce.style) : index;
    return reply.header('cache-control', REVALIDATE).type('text/html; charset=utf-8').send(page);
  });
}

function sendFile(request: FastifyRequest, reply: FastifyReply, { body, gzip, type, etag, cacheControl }: ClientFile): FastifyReply {
  reply.headers({ 'cache-control': cacheControl, etag, vary: 'accept-encoding' });
  if (request.headers['if-none-match'] === etag) return reply.code(304).send();
  const packed = gzip && request.headers['accept-encoding']?.includes('gzip');
  if (packed) reply.header('content-encoding', 'gzip');
  return reply.type(type).send(packed ? gzip : body);
}

/** All files but the page itself and the build's own records, by URL path. */
function readFiles(directory: string): ReadonlyMap<string, ClientFile> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((name) => name !== 'index.html' && !name.startsWith('.'));
  return new Map(names.map((name) => [`/${name}`, readFile(directory, name)]));
}

function readFile(directory: string, name: string): ClientFile {
  const body = readFileSync(path.join(directory, name));
  const gzip = gzipSync(body);
  return {
    body,
    gzip: gzip.length < body.length * 0.9 ? gzip : undefined,
    type: TYPES[path.extname(name)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(body).digest('base64url')}"`,
    cacheControl: name.startsWith('assets/') ? IMMUTABLE : REVALIDATE,
  };
}

function contentSecurity({ https, withNonce }: { https: boolean; withNonce: boolean }): Record<string, string[]> {
  return {
    'default-src': ["'self'"],
    'script-src': ["'self'"],
    'style-src': withNonce ? ["'self'"] : ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
    ...(https && { 'upgrade-insecure-requests': [] }),
  };
}

import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import { RefusedError } from '../../schema/errors/catalogue';
import type { BlobStore, StoredBlob } from '../blobs/port';
import type { Budget } from '../graphql/budget';
import type { Context } from '../graphql/context';
import { limits } from '../graphql/limits';
import type { MakeContext } from '../graphql/make-context';
import { judge } from '../graphql/policy';
import { authenticateRequest, type RequestAuthentication } from './authenticate-request';
import { factsOf, payerOf } from './caller';
import { requireAllowedOrigin, type Origins } from './origins';
import { readRange, type ByteRange } from './range';

/** A file that a run made, where it lies in the blob store. */
export interface OutputFile {
  contentType: string;
  bytes: number;
  blob: string;
  /** Null when there is no small picture of it. */
  thumbnail: string | null;
  /** SHA-256, hex. */
  digest: string;
}

/** The files of runs. */
export interface OutputFiles {
  /** The file with this id, if there is a copy of it and the caller sees its run. */
  find(context: Context, outputId: string): Promise<OutputFile | undefined>;
}

export interface OutputRouteOptions extends RequestAuthentication {
  files: OutputFiles;
  blobs: Pick<BlobStore, 'get'>;
  makeContext: MakeContext;
  origins: Origins;
  budget: Budget;
}

/** Both by one route: one of Fastify's own for HEAD would read the file to its end. */
const METHODS: HTTPMethods[] = ['GET', 'HEAD'];
/** Points of cost. */
const READ_COST = 1;
/** Files that one caller may be sent at once: each holds a file and a connection for as long as its reader likes. */
const MOST_AT_ONCE = 200;
const THUMBNAIL_TYPE = 'image/webp';
const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp', 'image/gif': 'gif', 'video/mp4': 'mp4', 'video/webm': 'webm',
};

/** A file by itself can do nothing: it loads nothing but itself, runs nothing, and is nothing but what it is said to be. */
const FILE_HEADERS = {
  'content-security-policy': "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
  'x-content-type-options': 'nosniff',
};
/** The file of an id never changes; who may see it may, so that it is asked for again after a while, and by somebody else at once. */
const CACHED = { 'cache-control': 'private, max-age=3600', vary: 'cookie, authorization, x-api-key, origin' };

interface OutputRequest {
  Params: { id: string };
  Querystring: { download?: string };
}

/** Serves `GET /outputs/<id>` and `GET /outputs/<id>/thumbnail`, to whoever sees the run that made the file. */
export async function registerOutputRoutes(app: FastifyInstance, options: OutputRouteOptions): Promise<void> {
  const { files, blobs, budget } = options;
  const contexts = new WeakMap<FastifyRequest, Context>();
  /** Files under way, by who pays. */
  const sending = new Map<string, number>();
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request) => {
      requireAllowedOrigin(options.origins, request);
      const principal = await authenticateRequest(options, request);
      const context = options.makeContext({
        ...factsOf(request, principal), signal: AbortSignal.timeout(limits.mutationMs), minPosition: undefined, setSessionCookie: () => {},
      });
      contexts.set(request, context);
      budget.spend(payerOf(principal, request.ip), READ_COST);
      judge(context, 'runs:read');
    });

    scope.route<OutputRequest>({
      method: METHODS,
      url: '/outputs/:id',
      async handler(request, reply) {
        const { id } = request.params;
        const { contentType, bytes, blob, digest } = await found(request);
        const disposition = `${request.query.download === undefined ? 'inline' : 'attachment'}; filename="${nameOf(id, contentType)}"`;
        return send(request, reply, { place: blob, contentType, bytes, tag: `"${digest}"`, disposition });
      },
    });

    scope.route<OutputRequest>({
      method: METHODS,
      url: '/outputs/:id/thumbnail',
      async handler(request, reply) {
        const { thumbnail, digest } = await found(request);
        if (thumbnail === null) throw noFile();
        return send(request, reply, { place: thumbnail, contentType: THUMBNAIL_TYPE, bytes: undefined, tag: `"${digest}-thumbnail"`, disposition: 'inline' });
      },
    });
  });

  async function found(request: FastifyRequest<OutputRequest>): Promise<OutputFile> {
    const file = await files.find(contexts.get(request)!, request.params.id);
    if (!file) throw noFile();
    return file;
  }

  /** @returns what to call when the file has been sent */
  function takePlace(payer: string): () => void {
    const others = sending.get(payer) ?? 0;
    if (others >= MOST_AT_ONCE) throw tooManyFiles();
    sending.set(payer, others + 1);
    return () => {
      const left = sending.get(payer)! - 1;
      if (left === 0) sending.delete(payer);
      else sending.set(payer, left);
    };
  }

  async function openBlob(request: FastifyRequest, place: string, range: ByteRange | undefined): Promise<StoredBlob> {
    const giveBack = takePlace(payerOf(contexts.get(request)!.principal, request.ip));
    try {
      const blob = await blobs.get(place, range);
      if (!blob) throw noFile();
      blob.body.once('close', giveBack);
      return blob;
    } catch (error) {
      giveBack();
      throw error;
    }
  }

  async function send(request: FastifyRequest, reply: FastifyReply, { place, contentType, bytes, tag, disposition }: Sent): Promise<FastifyReply> {
    const { method, headers } = request;
    if (isKnown(headers['if-none-match'], tag)) return reply.code(304).headers({ ...CACHED, etag: tag }).send();
    const outdated = headers['if-range'] !== undefined && headers['if-range'] !== tag;
    const range = bytes === undefined || outdated ? undefined : readRange(headers.range, bytes);
    if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${bytes}`).send();
    const blob = await openBlob(request, place, range);
    const { start, end } = blob.range;
    reply.type(contentType).headers({ ...FILE_HEADERS, ...CACHED, etag: tag, 'content-disposition': disposition, 'content-length': end - start + 1 });
    if (bytes !== undefined) reply.header('accept-ranges', 'bytes');
    if (range) reply.code(206).header('content-range', `bytes ${start}-${end}/${blob.size}`);
    if (method !== 'HEAD') return reply.send(blob.body);
    blob.body.destroy();
    return reply.send();
  }
}

/** One file as it is sent. */
interface Sent {
  place: string;
  contentType: string;
  /** Undefined: it is never sent in parts. */
  bytes: number | undefined;
  tag: string;
  disposition: string;
}

/** For files that there are not, and for those of others alike. */
function noFile(): RefusedError {
  return new RefusedError({ code: 'E4041', rule: 'output', message: 'There is no such file, or it is not yours to see.' });
}

function tooManyFiles(): RefusedError {
  return new RefusedError({
    code: 'E4291', rule: 'files_at_once', message: `You can be sent ${MOST_AT_ONCE} files at once. Wait until some have come.`, retryAfterMs: 1_000,
  });
}

/** Whether a client names this version among those that it has. */
function isKnown(header: string | undefined, tag: string): boolean {
  return header !== undefined && header.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
}

/** A name for a saved file, of characters that every system takes. */
function nameOf(id: string, contentType: string): string {
  return `${id.replaceAll(/[^A-Za-z0-9_-]/g, '_')}.${EXTENSIONS[contentType] ?? 'bin'}`;
}

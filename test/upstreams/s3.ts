import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What it keeps of one object. */
export interface StoredObject {
  contentType: string;
  bytes: Buffer;
}

/** As much of S3 as a blob store needs, in path style, for one access key. */
export interface S3StandIn {
  url: string;
  bucket: string;
  region: string;
  accessKey: string;
  secretKey: string;
  /** By key. */
  objects: Map<string, StoredObject>;
  /** Method, key and status of every request, oldest first. */
  calls: { method: string; key: string; status: number; range: string | undefined }[];
  /** Answers the next requests with this status, whatever they are. */
  fail(status: number, times: number): void;
  close(): Promise<void>;
}

interface Refused {
  status: number;
  code: string;
}

const AUTHORIZATION = /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/s3\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
const DATE = /^\d{8}T\d{6}Z$/;
const CONTENT_DIGEST = /^(UNSIGNED-PAYLOAD|[0-9a-f]{64})$/;
const SIGNED = ['host', 'x-amz-content-sha256', 'x-amz-date'];

/** Its credentials are those of the environment until it is closed. */
export async function startS3(): Promise<S3StandIn> {
  const setting = { bucket: 'runs', region: 'eu-test-1', accessKey: 'ACCESS-KEY-OF-A-TEST', secretKey: 'the secret key of a test' };
  const objects: S3StandIn['objects'] = new Map();
  const calls: S3StandIn['calls'] = [];
  let failures = { status: 0, times: 0 };

  const server = http.createServer((request, response) => {
    void answer(request, response);
  });

  async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method = '', headers } = request;
    const { pathname } = new URL(request.url ?? '/', 'http://s3');
    const key = decodeURIComponent(pathname.slice(setting.bucket.length + 2));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const refusal = takeFailure() ?? judgeRequest(request, Buffer.concat(chunks)) ?? (pathname.startsWith(`/${setting.bucket}/`) ? undefined : { status: 404, code: 'NoSuchBucket' });
    response.on('finish', () => calls.push({ method, key, status: response.statusCode, range: headers.range }));
    if (refusal) return refuse(response, refusal);
    switch (method) {
      case 'PUT':
        objects.set(key, { contentType: headers['content-type'] ?? 'binary/octet-stream', bytes: Buffer.concat(chunks) });
        return void response.writeHead(200, { etag: '"stored"' }).end();
      case 'DELETE':
        objects.delete(key);
        return void response.writeHead(204).end();
      case 'GET':
        return give(response, objects.get(key), headers.range);
      default:
        return refuse(response, { status: 405, code: 'MethodNotAllowed' });
    }
  }

  function takeFailure(): Refused | undefined {
    if (failures.times === 0) return undefined;
    failures.times--;
    return { status: failures.status, code: 'InjectedFailure' };
  }

  function judgeRequest(request: http.IncomingMessage, body: Buffer): Refused | undefined {
    const { headers } = request;
    const [, accessKey, date, region, signed, signature] = AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
    const at = String(headers['x-amz-date']);
    if (accessKey === undefined || !DATE.test(at) || at.slice(0, 8) !== date) return { status: 403, code: 'AccessDenied' };
    if (accessKey !== setting.accessKey) return { status: 403, code: 'InvalidAccessKeyId' };
    const names = signed!.split(';');
    if (region !== setting.region || !SIGNED.every((name) => names.includes(name))) return { status: 403, code: 'AuthorizationHeaderMalformed' };
    if (signature !== signatureOf(request, { names, date, region, secretKey: setting.secretKey })) return { status: 403, code: 'SignatureDoesNotMatch' };
    const digest = String(headers['x-amz-content-sha256']);
    if (!CONTENT_DIGEST.test(digest)) return { status: 400, code: 'InvalidRequest' };
    const matches = digest === 'UNSIGNED-PAYLOAD' || digest === createHash('sha256').update(body).digest('hex');
    return matches ? undefined : { status: 400, code: 'XAmzContentSHA256Mismatch' };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: setting.accessKey, AWS_SECRET_ACCESS_KEY: setting.secretKey });
  return {
    ...setting,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    calls,
    fail: (status, times) => {
      failures = { status, times };
    },
    close() {
      restore('AWS_ACCESS_KEY_ID', AWS_ACCESS_KEY_ID);
      restore('AWS_SECRET_ACCESS_KEY', AWS_SECRET_ACCESS_KEY);
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

interface Signing {
  /** Of the headers that are signed, in their order. */
  names: readonly string[];
  date: string;
  region: string;
  secretKey: string;
}

/** Signature version 4, as the documentation of S3 describes it. */
function signatureOf({ method, url = '', headers }: http.IncomingMessage, { names, date, region, secretKey }: Signing): string {
  const [path = '', query = ''] = url.split('?');
  const signed = names.map((name) => `${name}:${String(headers[name]).trim()}\n`).join('');
  const request = [method, path, query.split('&').sort().join('&'), signed, names.join(';'), headers['x-amz-content-sha256']].join('\n');
  const scope = `${date}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, createHash('sha256').update(request).digest('hex')].join('\n');
  const key = [date, region, 's3', 'aws4_request'].reduce<string | Buffer>((under, part) => createHmac('sha256', under).update(part).digest(), `AWS4${secretKey}`);
  return createHmac('sha256', key).update(text).digest('hex');
}

function give(response: http.ServerResponse, object: StoredObject | undefined, range: string | undefined): void {
  if (!object) return refuse(response, { status: 404, code: 'NoSuchKey' });
  const { bytes, contentType } = object;
  if (range === undefined) return void response.writeHead(200, { 'content-type': contentType, 'content-length': bytes.length }).end(bytes);
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  const start = Number(from);
  const end = Math.min(to ? Number(to) : bytes.length - 1, bytes.length - 1);
  if (from === undefined || start > end) return refuse(response, { status: 416, code: 'InvalidRange' });
  const part = bytes.subarray(start, end + 1);
  response.writeHead(206, { 'content-type': contentType, 'content-length': part.length, 'content-range': `bytes ${start}-${end}/${bytes.length}` }).end(part);
}

function refuse(response: http.ServerResponse, { status, code }: Refused): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}

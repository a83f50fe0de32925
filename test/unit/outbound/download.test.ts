import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createGateway, type Gateway } from '../../../src/outbound/gateway';

const SECRET = 'sk-test-not-a-key';
type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

let server: http.Server;
let elsewhere: http.Server;
let port: number;
let elsewherePort: number;
let handle: Handler;
let received: { url: string; headers: http.IncomingHttpHeaders }[];
let receivedElsewhere: number;
let folder: string;
let gateway: Gateway;
/** What each name was looked up to. */
let lookups: string[];

async function listen(listener: http.RequestListener): Promise<http.Server> {
  const made = http.createServer(listener);
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return made;
}

beforeAll(async () => {
  server = await listen((request, response) => {
    received.push({ url: request.url!, headers: request.headers });
    handle(request, response);
  });
  elsewhere = await listen((_request, response) => {
    receivedElsewhere++;
    response.end('inside');
  });
  ({ port } = server.address() as AddressInfo);
  elsewherePort = (elsewhere.address() as AddressInfo).port;
  folder = mkdtempSync(path.join(os.tmpdir(), 'keyledger-download-'));
});
beforeEach(() => {
  [received, receivedElsewhere, lookups] = [[], 0, []];
  handle = (_request, response) => response.writeHead(200, { 'content-type': 'Image/PNG' }).end('picture');
  gateway = createGateway({
    upstreams: [
      { name: 'vendor', baseUrl: `http://127.0.0.1:${port}/api`, secret: SECRET, authorization: 'x-api-key', allowPrivate: true },
      { name: 'public vendor', baseUrl: 'https://api.vendor.example' },
    ],
    lookup: async (name) => {
      lookups.push(name);
      return name === 'inside.example' ? [{ address: '127.0.0.1' }] : [{ address: '93.184.215.14' }, { address: '10.0.0.1' }];
    },
  });
});
afterEach(() => gateway.close());
afterAll(() => {
  for (const one of [server, elsewhere]) {
    one.closeAllConnections();
    one.close();
  }
  rmSync(folder, { recursive: true });
});

const file = (): string => path.join(folder, 'file');
const download = (url: string, more: { vendor?: string; maxBytes?: number; timeoutMs?: number; signal?: AbortSignal; path?: string } = {}) =>
  gateway.download(url, { vendor: 'vendor', path: file(), maxBytes: 100_000, timeoutMs: 5_000, ...more });
const at = (place: string): string => `http://127.0.0.1:${port}${place}`;

it('fetches a vendor\'s file into a file that nobody else may read, with what is known of it', async () => {
  writeFileSync(file(), 'something longer that was there before');
  const digest = createHash('sha256').update('picture').digest('hex');
  expect(await download(at('/files/1.png?signature=a%20b'))).toEqual({ contentType: 'image/png', bytes: 7, digest });
  expect(readFileSync(file(), 'utf8')).toBe('picture');
  expect(received.map(({ url }) => url)).toEqual(['/files/1.png?signature=a%20b']);
  rmSync(file());
  await download(at('/files/1.png'));
  expect(statSync(file()).mode & 0o077).toBe(0);
});

it('sends no secret along, not even to the vendor itself', async () => {
  await download(at('/files/1.png'));
  expect(received[0]!.headers).toEqual({ host: `127.0.0.1:${port}`, connection: 'keep-alive', 'accept-encoding': 'identity', 'user-agent': 'keyledger' });
});

it.each(['https://127.0.0.1/x', 'https://[::1]/x', 'https://10.0.0.1/x', 'https://169.254.169.254/latest', 'https://localhost/x', 'https://0x7f.1/x',
  'http://93.184.215.14/x', 'https://93.184.215.14:8443/x', 'https://user:pass@93.184.215.14/x', 'ftp://93.184.215.14/x', 'file:///etc/passwd', 'data:text/plain,x',
  'not a url', ''])('does not go to %s', async (url) => {
  await expect(download(url)).rejects.toMatchObject({ failure: 'forbidden_address', notSent: true });
});

it('does not go to another port of the vendor\'s machine', async () => {
  await expect(download(`http://127.0.0.1:${elsewherePort}/x`)).rejects.toMatchObject({ failure: 'forbidden_address' });
  expect(receivedElsewhere).toBe(0);
});

it('does not go where a name leads inside, nor where one of its addresses does', async () => {
  await expect(download(`https://inside.example/x`)).rejects.toMatchObject({ failure: 'forbidden_address' });
  await expect(download(`https://mixed.example/x`)).rejects.toMatchObject({ failure: 'forbidden_address' });
  expect(lookups).toEqual(['inside.example', 'mixed.example']);
});

it('lets a vendor with a public address point to public addresses only', async () => {
  await expect(download(at('/x'), { vendor: 'public vendor' })).rejects.toMatchObject({ failure: 'forbidden_address' });
  expect(received).toHaveLength(0);
});

describe('a redirect', () => {
  const redirectTo = (location: string | undefined, status = 302): void => {
    handle = (request, response) => (request.url === '/first'
      ? response.writeHead(status, location === undefined ? {} : { location }).end('moved')
      : response.writeHead(200, { 'content-type': 'image/png' }).end('picture'));
  };

  it.each([301, 302, 303, 307, 308])('with %i is followed', async (status) => {
    redirectTo('/second?x=1', status);
    expect(await download(at('/first'))).toMatchObject({ bytes: 7 });
    expect(received.map(({ url }) => url)).toEqual(['/first', '/second?x=1']);
  });

  it.each(['http://127.0.0.1:1/x', 'https://127.0.0.1/x', 'https://inside.example/x', 'https://169.254.169.254/', 'file:///etc/passwd', 'http://[', 'https://u:p@93.184.215.14/'])(
    'to %s is judged like the first address', async (location) => {
      redirectTo(location);
      await expect(download(at('/first'))).rejects.toMatchObject({ failure: 'forbidden_address' });
    });

  it('to another port of the vendor\'s machine is not followed', async () => {
    redirectTo(`http://127.0.0.1:${elsewherePort}/x`);
    await expect(download(at('/first'))).rejects.toMatchObject({ failure: 'forbidden_address' });
    expect(receivedElsewhere).toBe(0);
  });

  it('is followed three times and no more', async () => {
    handle = (request, response) => {
      const left = Number(request.url!.slice(1));
      if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end();
      else response.end('picture');
    };
    expect(await download(at('/3'))).toMatchObject({ bytes: 7 });
    await expect(download(at('/4'))).rejects.toMatchObject({ failure: 'redirect' });
    expect(received).toHaveLength(8);
  });

  it('to nowhere is a refusal', async () => {
    redirectTo(undefined);
    await expect(download(at('/first'))).rejects.toMatchObject({ failure: 'refused' });
  });
});

describe('a file that cannot be had', () => {
  afterEach(() => expect(readdirSync(folder)).not.toContain('broken'));
  const broken = (): string => path.join(folder, 'broken');

  it.each([[403, 'refused'], [404, 'refused'], [410, 'refused'], [204, 'refused'], [206, 'refused'], [429, 'unavailable'], [500, 'unavailable'], [503, 'unavailable']])(
    'for status %i is %s', async (status, failure) => {
      handle = (_request, response) => response.writeHead(status).end();
      await expect(download(at('/x'), { path: broken() })).rejects.toMatchObject({ failure, message: expect.stringContaining(String(status)) });
    });

  it('for its size is not kept in part', async () => {
    handle = (_request, response) => response.writeHead(200, { 'content-length': '200000' }).end(Buffer.alloc(200_000));
    await expect(download(at('/x'), { path: broken() })).rejects.toMatchObject({ failure: 'too_large' });
    handle = (_request, response) => {
      const more = (): void => void (response.destroyed || response.write(Buffer.alloc(10_000), more));
      more();
    };
    await expect(download(at('/x'), { path: broken() })).rejects.toMatchObject({ failure: 'too_large' });
  });

  it('for its encoding could unfold without limit', async () => {
    handle = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    await expect(download(at('/x'), { path: broken() })).rejects.toMatchObject({ failure: 'encoded' });
  });

  it('for a connection that breaks, is too slow, or is given up, is not kept in part', async () => {
    handle = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('some');
      setTimeout(() => response.destroy(), 20);
    };
    await expect(download(at('/x'), { path: broken() })).rejects.toMatchObject({ failure: 'dropped' });
    handle = (_request, response) => response.writeHead(200).write('some');
    await expect(download(at('/x'), { path: broken(), timeoutMs: 200 })).rejects.toMatchObject({ failure: 'timeout' });
    const giveUp = new AbortController();
    handle = (_request, response) => {
      response.writeHead(200).write('some');
      setTimeout(() => giveUp.abort(), 20);
    };
    await expect(download(at('/x'), { path: broken(), signal: giveUp.signal })).rejects.toMatchObject({ failure: 'aborted' });
  });

  it('for a disk that does not take it is no fault of the vendor', async () => {
    await expect(download(at('/x'), { path: path.join(folder, 'nowhere', 'file') })).rejects.toThrow('could not be written');
  });
});

it('knows only vendors that somebody configured', async () => {
  await expect(download(at('/x'), { vendor: 'nobody' })).rejects.toThrow('no upstream named');
});

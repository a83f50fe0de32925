import dns from 'node:dns/promises';
import net from 'node:net';
import { buildConnector } from 'undici';
import { classifyAddress } from './address';
import { OutboundError } from './outbound-error';

/** Finds the addresses of a name, as `dns.lookup` with `all` does. */
export type Lookup = (hostname: string) => Promise<{ address: string }[]>;

export const systemLookup: Lookup = (hostname) => dns.lookup(hostname, { all: true, verbatim: true });

export const CONNECT_TIMEOUT_MS = 5_000;

/**
 * The connect step of one upstream: resolves the name once, judges every address found (one bad address refuses all:
 * a name that answers both inside and outside is an attack), and connects to a judged address itself, so that no second
 * look-up can differ. TLS still checks the certificate against the name, whatever the environment says.
 * Over plain http only private addresses are reached: no secret crosses the internet in clear.
 */
export function createConnector(
  upstream: string, { allowPrivate, lookup }: { allowPrivate: boolean; lookup: Lookup },
): buildConnector.connector {
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, rejectUnauthorized: true });
  const toAddress = (options: buildConnector.Options, address: string): Promise<net.Socket> =>
    new Promise((resolve, reject) => {
      connect({ ...options, hostname: address }, (error, socket) => (error ? reject(error) : resolve(socket!)));
    });

  async function connectJudged(options: buildConnector.Options): Promise<net.Socket> {
    const hostname = options.hostname.replace(/^\[|\]$/g, '');
    const addresses = net.isIP(hostname) ? [hostname] : (await lookup(hostname)).map(({ address }) => address);
    const judged = addresses.map(classifyAddress);
    const needsPrivate = options.protocol === 'http:';
    const allowed = judged.every((one) => one === 'private' ? allowPrivate : one === 'public' && !needsPrivate);
    if (!allowed || addresses.length === 0) throw new OutboundError(upstream, 'forbidden_address', true, 'its address is not allowed');
    let failure: unknown;
    for (const address of addresses) {
      try {
        return await toAddress(options, address);
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  return (options, callback) => void connectAndTell(options, callback);

  async function connectAndTell(options: buildConnector.Options, callback: buildConnector.Callback): Promise<void> {
    let socket: net.Socket;
    try {
      socket = await connectJudged(options);
    } catch (error) {
      const unreachable = new OutboundError(upstream, 'unreachable', true, `it cannot be reached (${reasonOf(error)})`);
      callback(error instanceof OutboundError ? error : unreachable, null);
      return;
    }
    callback(null, socket);
  }
}

/** The system's short code (ECONNREFUSED, ENOTFOUND, CERT_HAS_EXPIRED); never the message, which names addresses. */
function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : 'connection failed';
}

import { randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a client on the network needs to know, and the server to hold. */
export interface NetworkAccess {
  /** PEM file that clients name as `tlsCAFile`. */
  certFile: string;
  keyFile: string;
  user: string;
  password: string;
  /** Where a generated password is kept; undefined for one that was given. */
  passwordFile: string | undefined;
}

export interface GivenAccess {
  certFile?: string;
  keyFile?: string;
  user?: string;
  password?: string;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const VALID_DAYS = 3_650;
/** A certificate that ends sooner is made anew. */
const RENEW_DAYS = 30;

/**
 * What was given, and for the rest a certificate for this machine's loopback and a password, both made once, kept in
 * `dataDir` and readable by their owner only.
 */
export async function networkAccess(dataDir: string, given: GivenAccess = {}): Promise<NetworkAccess> {
  const { certFile, keyFile, user = 'admin' } = given;
  const certificate = certFile && keyFile ? { certFile, keyFile } : await keptCertificate(dataDir);
  const passwordFile = given.password ? undefined : path.join(path.resolve(dataDir), 'event-store.password');
  return { ...certificate, user, password: given.password ?? keptPassword(passwordFile!), passwordFile };
}

async function keptCertificate(dataDir: string): Promise<{ certFile: string; keyFile: string }> {
  const certFile = path.join(path.resolve(dataDir), 'event-store.crt');
  const keyFile = path.join(path.resolve(dataDir), 'event-store.key');
  if (!existsSync(keyFile) || !isGood(certFile)) {
    // Few ask for a certificate, and the package takes a while to load.
    const { generate } = await import('selfsigned');
    const made = await generate([{ name: 'commonName', value: 'localhost' }], {
      keySize: 2048,
      notAfterDate: new Date(Date.now() + VALID_DAYS * DAY_MS),
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }, { type: 7, ip: '127.0.0.1' }, { type: 7, ip: '::1' }] },
      ],
    });
    writeFileSync(keyFile, made.private, { mode: 0o600 });
    writeFileSync(certFile, made.cert, { mode: 0o600 });
  }
  return { certFile, keyFile };
}

function isGood(certFile: string): boolean {
  if (!existsSync(certFile)) return false;
  return new Date(new X509Certificate(readFileSync(certFile)).validTo).getTime() > Date.now() + RENEW_DAYS * DAY_MS;
}

function keptPassword(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

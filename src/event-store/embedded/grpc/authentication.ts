import { createHash, timingSafeEqual } from 'node:crypto';
import { status, type Metadata } from '@grpc/grpc-js';
import { CallError } from './errors';

export interface Credentials {
  user: string;
  password: string;
}

/** Judges the headers of a call. @throws CallError UNAUTHENTICATED */
export type Authenticate = (headers: Metadata) => void;

/** Basic authentication with the one user there is, or none at all where the transport itself is private. */
export function authentication(credentials: Credentials | undefined): Authenticate {
  if (!credentials) return () => {};
  const wanted = digest(`${credentials.user}:${credentials.password}`);
  return (headers) => {
    const [, encoded = ''] = /^Basic (.+)$/i.exec(String(headers.get('authorization')[0] ?? '')) ?? [];
    if (!timingSafeEqual(digest(Buffer.from(encoded, 'base64').toString('utf8')), wanted)) {
      throw new CallError(status.UNAUTHENTICATED, 'The user name or the password is wrong.');
    }
  };
}

/** Equal lengths for the comparison, whatever was sent. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

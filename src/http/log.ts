import pino, { type DestinationStream, type Logger, type SerializedError } from 'pino';

/** Text that looks like a credential, whoever let it slip into a message: user info in URLs, bearer tokens, API keys. */
const CREDENTIALS: readonly [RegExp, string][] = [
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, '$1***@'],
  [/\b(bearer|basic)\s+[a-z0-9._~+/=-]+/gi, '$1 ***'],
  [/\b(sk|pk|rk)-[a-z0-9_-]{6,}/gi, '$1-***'],
];

/** The text without what looks like a credential. */
export function scrubbed(text: string): string {
  return CREDENTIALS.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}

/**
 * The product's logger: JSON lines. Errors are written by an allow-list (their other properties may hold headers,
 * parameters or whole rows), scrubbed of what looks like a credential. Requests are never logged as objects.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  return pino(
    { level, base: undefined, serializers: { err: serializeError, error: serializeError, req: () => undefined, res: () => undefined } },
    destination,
  );
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? scrubbed(error) : typeof error;
  const code = (error as { code?: unknown }).code;
  const serialized: Pick<SerializedError, 'type' | 'message' | 'stack'> & { code?: string; cause?: unknown } = {
    type: error.name,
    message: scrubbed(error.message),
    stack: scrubbed(error.stack ?? ''),
  };
  if (typeof code === 'string') serialized.code = code;
  if (error.cause !== undefined) serialized.cause = serializeError(error.cause);
  return serialized;
}

import type { Dispatcher } from 'undici';
import { OutboundError } from './outbound-error';

/** The body as it comes. @throws OutboundError `too_large` once there is more of it than `maxBytes` */
export async function* limited(upstream: string, answer: Dispatcher.ResponseData, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new OutboundError(upstream, 'too_large', false, `its answer is longer than ${maxBytes} bytes`);
    yield chunk;
  }
}

/** What is wrong with an answer that is compressed: it could unfold without limit. */
export function encodedBody(upstream: string, { headers }: Dispatcher.ResponseData): OutboundError | undefined {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return undefined;
  return new OutboundError(upstream, 'encoded', false, 'its answer is compressed although none was asked for');
}

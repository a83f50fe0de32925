/** A stream of events that cannot be what it claims to be. */
export class SseError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SseError';
  }
}

/** No upstream of ours needs longer events; without a limit a single one could fill memory. */
const MAX_EVENT_LENGTH = 250_000;

/**
 * The data of each event of a `text/event-stream` body (HTML standard, 9.2.6), however its bytes are cut into chunks.
 * Only data fields are read: names, ids and retry times of events mean nothing to us. An event that the end of the
 * stream cuts off is dropped, as the standard says.
 * @throws SseError when one event grows past 250,000 characters
 */
export async function* parseSse(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let unfinished: string[] = [];
  let data: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    unfinished.push(text);
    length += text.length;
    if (length > MAX_EVENT_LENGTH + text.length) throw new SseError('An event of the stream is too long');
    if (!/[\r\n]/.test(text) && unfinished.at(-2)?.endsWith('\r') !== true) continue;
    const lines = unfinished.join('').split(/\r\n|\n|\r(?!$)/);
    // The last line may go on in the next chunk; so may a line end of which only the \r came yet.
    const rest = lines.pop()!;
    unfinished = [rest];
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield data.join('\n');
        data = [];
      } else {
        const value = dataOf(line);
        if (value !== undefined) data.push(value);
      }
    }
    length = rest.length + data.reduce((sum, value) => sum + value.length + 1, 0);
  }
  if (data.length > 0 && unfinished.join('') === '\r') yield data.join('\n');
}

/** @returns undefined for comments and fields other than data */
function dataOf(line: string): string | undefined {
  const match = /^data(?:: ?([^]*))?$/.exec(line);
  return match ? match[1] ?? '' : undefined;
}

import fc from 'fast-check';
import { parseSse, SseError } from '../../../src/upstreams/sse';

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function parse(text: string, sizes: readonly number[] = [1_000_000]): Promise<string[]> {
  const events: string[] = [];
  for await (const data of parseSse(cut(Buffer.from(text), sizes))) events.push(data);
  return events;
}

it.each([
  ['one event', 'data: a\n\n', ['a']],
  ['no space, one space, two spaces', 'data:a\n\ndata: b\n\ndata:  c\n\n', ['a', 'b', ' c']],
  ['several lines', 'data: a\ndata: b\ndata:\ndata: c\n\n', ['a\nb\n\nc']],
  ['an empty field', 'data\n\ndata:\n\n', ['', '']],
  ['CRLF', 'data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n', ['a\nb', 'c']],
  ['CR', 'data: a\rdata: b\r\rdata: c\r\r', ['a\nb', 'c']],
  ['comments and other fields', ': keep-alive\n\nevent: ping\nid: 7\nretry: 1\ndata: a\n: more\ndatabase: x\n\n', ['a']],
  ['nothing but names', 'event: done\n\n\n\n', []],
  ['a byte order mark', '\ufeffdata: a\n\n', ['a']],
  ['an event that the end cuts off', 'data: a\n\ndata: b\n', ['a']],
  ['no end of line at all', 'data: a', []],
  ['colons inside', 'data: {"a":"b: c"}\n\n', ['{"a":"b: c"}']],
])('reads %s', async (_what, text, expected) => {
  expect(await parse(text)).toEqual(expected);
});

it('reads the same however the bytes are cut', async () => {
  const line = fc.constantFrom('data: one', 'data:두 번째 🦊', ': comment', 'event: x', 'data: ', '', '', 'data');
  const end = fc.constantFrom('\n', '\r\n', '\r');
  const texts = fc.array(fc.tuple(line, end), { maxLength: 15 }).map((lines) => lines.flat().join(''));
  await fc.assert(fc.asyncProperty(texts, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), async (text, sizes) => {
    expect(await parse(text, sizes)).toEqual(await parse(text));
  }));
});

it.each([
  ['one endless line', 'data: '.padEnd(600_000, 'x'), [16_384]],
  ['endless lines without an event', 'data: x\n'.repeat(200_000), [16_384]],
  ['an endless line in single bytes', 'x'.repeat(300_000), [1]],
])('stops at %s', async (_what, text, sizes) => {
  await expect(parse(text, sizes)).rejects.toThrow(SseError);
});

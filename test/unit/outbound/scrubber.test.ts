import fc from 'fast-check';
import { createScrubber } from '../../../src/outbound/scrubber';

const SECRET = 'sk-test-not-a-key/+=';
const scrubber = createScrubber([SECRET]);

it.each([
  ['in clear', SECRET],
  ['in a URL', encodeURIComponent(SECRET)],
  ['in base64', Buffer.from(SECRET).toString('base64')],
  ['in hex', Buffer.from(SECRET).toString('hex')],
  ['in upper-case hex', Buffer.from(SECRET).toString('hex').toUpperCase()],
  ['in a JSON string', JSON.stringify({ detail: `bad key ${SECRET}` })],
])('removes the secret %s', (_how, echoed) => {
  const clean = scrubber.scrubText(`before ${echoed} after`);
  expect(clean).toContain('before ');
  expect(clean).toContain('[secret removed]');
  expect(clean).not.toContain(SECRET);
});

it('removes secrets with characters that JSON or UTF-8 spell differently', () => {
  const odd = 'pass"wörd\\한';
  const clean = createScrubber([odd]).scrubText(`${odd} | ${JSON.stringify(odd)}`);
  expect(clean).not.toMatch(/pass|wörd|한/);
});

it('leaves everything else alone, byte for byte', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    expect(scrubber.scrub(Buffer.from(bytes))).toEqual(Buffer.from(bytes));
  }));
});

it('does not care for values too short to be secrets', () => {
  expect(createScrubber(['', 'a', 'ok']).scrubText('a book is ok')).toBe('a book is ok');
});

it('gives the same in pieces as in one, however the pieces fall', () => {
  const other = 'key-test-not-a-key';
  const two = createScrubber([SECRET, other]);
  const part = fc.oneof(fc.constantFrom(SECRET, other, SECRET.slice(0, 7)), fc.string({ maxLength: 8 }));
  const parts = fc.array(part, { maxLength: 8 });
  fc.assert(fc.property(parts, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (texts, sizes) => {
    const whole = Buffer.from(texts.join(''));
    const stream = two.stream();
    const out: Buffer[] = [];
    for (let at = 0, i = 0; at < whole.length; i++) {
      const size = sizes[i % sizes.length]!;
      out.push(stream.push(whole.subarray(at, at + size)));
      at += size;
    }
    out.push(stream.end());
    expect(Buffer.concat(out).toString()).toBe(two.scrub(whole).toString());
  }));
});

it('holds nothing back at the end of an event', () => {
  const event = Buffer.from('data: {"delta":"some text"}\n\n');
  expect(createScrubber(['sk-test-not-a-key']).stream().push(event)).toEqual(event);
});

import fc from 'fast-check';
import { createScrubber } from '../../../src/outbound/scrubber';
import { createTextCleaner } from '../../../src/upstreams/text-cleaner';

const clean = (pieces: readonly string[], secrets: readonly string[] = []): string => {
  const cleaner = createTextCleaner(createScrubber(secrets));
  return pieces.map((piece) => cleaner.push(piece)).join('') + cleaner.end();
};

it('joins what was cut, even characters', () => {
  const text = 'fox 🦊, 한국어, русский\n\ttab';
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1 }), (sizes) => {
    const pieces: string[] = [];
    for (let at = 0; at < text.length;) {
      const size = sizes[pieces.length % sizes.length]!;
      pieces.push(text.slice(at, at + size));
      at += size;
    }
    expect(clean(pieces)).toBe(text);
  }));
});

it('takes out control characters and half characters that never find their other half', () => {
  expect(clean(['a\u0000b\u001b[31m\u007f\u0085c'])).toBe('ab[31mc');
  expect(clean(['\ud83d', 'x', 'y\ud83d'])).toBe('\ufffdxy\ufffd');
});

it('takes out a secret that the pieces spell together', () => {
  expect(clean(['the key is sk-te', 'st-not-', 'a-key, he said'], ['sk-test-not-a-key'])).toBe('the key is [secret removed], he said');
});

import fc from 'fast-check';
import { compilePattern } from '../../../src/event-store/embedded/grpc/pattern';

describe('a pattern of a filter', () => {
  test.each([
    ['^[^$].*', ['order-1', 'x'], ['$system', '']],
    ['^(order|cart)-\\d{2,3}$', ['order-12', 'cart-999'], ['order-1', 'order-1234', 'xorder-12', 'basket-12']],
    ['a.c', ['abc', 'xxa-cxx'], ['ac', 'a\nc']],
    ['colou?r', ['color', 'colour'], ['colouur']],
    ['^\\$metadata$', ['$metadata'], ['metadata', '$metadata2']],
    ['[a-c\\-\\]]+', ['b', '-', ']'], ['d', '']],
    ['[]a]', [']', 'a'], ['b']],
    ['[^\\d\\s]', ['x'], ['1 2', '']],
    ['\\bcat\\b', ['a cat', 'cat'], ['concat', 'cats']],
    ['x{0}y', ['y'], ['x']],
    ['(?:ab)+?c', ['ababc'], ['ac']],
    ['(?<name>ab){2}', ['abab'], ['ab']],
    ['\\x41\\u00e9\\t', ['A\u00e9\t'], ['Ae\t']],
    ['{', ['{'], ['x']],
    ['a|', ['', 'b'], []],
    ['\\Aend\\z', ['end'], ['the end', 'end.']],
    ['猫+', ['黒猫猫'], ['犬']],
  ])('%s', (source, matching, others) => {
    const matches = compilePattern(source);
    expect(matching.filter((text) => !matches(text))).toEqual([]);
    expect(others.filter((text) => matches(text))).toEqual([]);
  });

  test.each([
    '(?=a)', '(?!a)', '(?<=a)', '(?i)a', '(a)\\1', '\\k<a>', '(', ')', 'a)', '[a', '*a', 'a**', '\\', 'a{3,1}', '[z-a]', '\\p{L}',
    'a'.repeat(1_001),
    'a{1001}', '((a{50}){50}){50}', '('.repeat(60) + ')'.repeat(60),
  ])('%s is refused', (source) => {
    expect(() => compilePattern(source)).toThrow(/^The filter's regular expression /);
  });

  test('agrees with the engine of the language', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\d', '-', '\\$');
    const times = fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{0,}', '*?');
    const piece: fc.Arbitrary<string> = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof({ maxDepth: 3 },
        atom,
        fc.tuple(tie('pattern'), tie('pattern')).map(([first, second]) => first + second),
        fc.tuple(tie('pattern'), tie('pattern')).map(([first, second]) => `(${first}|${second})`),
        fc.tuple(tie('pattern'), times).map(([part, often]) => `(?:${part})${often}`),
        tie('pattern').map((part) => `^${part}`),
        tie('pattern').map((part) => `${part}$`)),
    })).pattern;
    fc.assert(fc.property(piece, fc.string({ unit: fc.constantFrom('a', 'b', '-', '$', 'é'), maxLength: 8 }), (source, text) => {
      expect(compilePattern(source)(text)).toBe(new RegExp(source).test(text));
    }), { numRuns: 1_000 });
  });

  test('what explodes elsewhere takes no time, and empty parts cost nothing', () => {
    const started = Date.now();
    expect(compilePattern('^(a+)+$')(`${'a'.repeat(500)}!`)).toBe(false);
    expect(compilePattern('(((x?){20}){20})$y')('x'.repeat(500))).toBe(false);
    expect(compilePattern('((((){1000}){1000}){1000}){1000}z')('y')).toBe(false);
    expect(Date.now() - started).toBeLessThan(2_000);
  });
});

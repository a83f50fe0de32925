import fc from 'fast-check';
import { splitBlocks } from './markdown-blocks';

describe('markdown blocks', () => {
  it('cuts at blank lines', () => {
    expect(splitBlocks('one\ntwo\n\nthree\n\n\nfour\n')).toEqual(['one\ntwo', 'three', 'four']);
  });

  it('keeps a fence whole, blank lines and shorter fences inside it too', () => {
    const code = '````ts\na\n\n```\n\nb\n````';
    expect(splitBlocks(`before\n\n${code}\n\nafter`)).toEqual(['before', code, 'after']);
  });

  it('keeps an unfinished fence whole', () => {
    expect(splitBlocks('text\n\n```\na\n\nb')).toEqual(['text', '```\na\n\nb']);
  });

  it('keeps indented continuations with their list', () => {
    expect(splitBlocks('- a\n\n  more of a\n\nend')).toEqual(['- a\n\n  more of a', 'end']);
  });

  it('loses no line that has text', () => {
    const line = fc.constantFrom('', 'text', '- item', '  indented', '```', '~~~', '# title');
    fc.assert(fc.property(fc.array(line), (lines) => {
      const words = (text: string) => text.split('\n').filter((part) => part.trim() !== '');
      const kept = splitBlocks(lines.join('\n')).flatMap(words);
      const leadingIndent = lines.findIndex((candidate) => candidate.trim() !== '');
      expect(leadingIndent === -1 ? [] : words(lines.join('\n'))).toEqual(kept);
    }));
  });

  it('changes only its last block while text is added behind', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('word ', '\n\n', '\n', '```\n', '- a')), (parts) => {
      let before: readonly string[] = [];
      for (let length = 1; length <= parts.length; length += 1) {
        const now = splitBlocks(parts.slice(0, length).join(''));
        expect(now.slice(0, Math.max(0, before.length - 1))).toEqual(before.slice(0, -1));
        before = now;
      }
    }));
  });
});

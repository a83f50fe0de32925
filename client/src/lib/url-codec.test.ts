import fc from 'fast-check';
import { decodeListSearch, encodeListSearch, parseSearch, stringifySearch, type ListSearch, type ListSpec } from './url-codec';

const spec: ListSpec = {
  facets: { state: ['ACTIVE', 'FAILED', 'PENDING'], owner: 'text' },
  sorts: ['createdAt', 'name'],
  defaultSort: '-createdAt',
};

const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });

const searches: fc.Arbitrary<ListSearch> = fc.record({
  q: fc.oneof(fc.constant(''), words),
  sort: fc.constantFrom('createdAt', '-createdAt', 'name', '-name'),
  peek: fc.option(words, { nil: undefined }),
  facets: fc.record({
    state: fc.uniqueArray(fc.constantFrom('ACTIVE', 'FAILED', 'PENDING'), { minLength: 1 }),
    owner: words.map((word) => [word]),
  }, { requiredKeys: [] }),
});

describe('list state in the URL', () => {
  it('comes back as it went in', () => {
    fc.assert(fc.property(searches, (search) => {
      const url = stringifySearch(encodeListSearch(spec, search));
      expect(decodeListSearch(spec, parseSearch(url))).toEqual(search);
    }));
  });

  it('leaves defaults out', () => {
    expect(stringifySearch(encodeListSearch(spec, { q: '', sort: '-createdAt', peek: undefined, facets: {} }))).toBe('');
  });

  it('drops what the list does not know', () => {
    const search = decodeListSearch(spec, parseSearch('?state=ACTIVE&state=NONSENSE&sort=password&colour=red&owner=a&owner=b'));
    expect(search).toEqual({ q: '', sort: '-createdAt', peek: undefined, facets: { state: ['ACTIVE'], owner: ['a'] } });
  });
});

import { parseSearch, type SearchField } from '../../../queries/user/search';

test.each<[string, [SearchField, string][]]>([
  ['', []],
  ['   ', []],
  ['kim', [['any', 'kim']]],
  ['kim min', [['any', 'kim'], ['any', 'min']]],
  ['"kim min"', [['any', 'kim min']]],
  ['@user:kim', [['user', 'kim']]],
  ['@org:acme', [['org', 'acme']]],
  ['@model:gpt-4o', [['model', 'gpt-4o']]],
  ['@info:late', [['info', 'late']]],
  ['@USER:Kim', [['user', 'Kim']]],
  ['@org:"Class 3" kim @model:gpt', [['org', 'Class 3'], ['any', 'kim'], ['model', 'gpt']]],
  ['@org:a @org:b', [['org', 'a'], ['org', 'b']]],
  ['@org:"not closed', [['org', 'not closed']]],
  ['@org:', []],
  ['@org: kim', [['any', 'kim']]],
  ['@org:"" kim', [['any', 'kim']]],
  ['@else:kim', [['any', '@else:kim']]],
  ['kim@example.test', [['any', 'kim@example.test']]],
  ['x@org:y', [['any', 'x@org:y']]],
  ['김 @org:"3반"', [['any', '김'], ['org', '3반']]],
  ["' or 1=1 -- %_\\", [['any', "'"], ['any', 'or'], ['any', '1=1'], ['any', '--'], ['any', '%_\\']]],
])('%j', (search, terms) => {
  expect(parseSearch(search)).toEqual(terms.map(([field, text]) => ({ field, text })));
});

import { faultsOf, type Operation } from '../../support/history';

const acknowledged = (key: string, id: string, position: bigint): Operation => ({ key, outcome: 'acknowledged', id, position });

test('a history that holds has no faults, unknown outcomes among it', () => {
  const operations: Operation[] = [acknowledged('a', '1', 10n), { key: 'b', outcome: 'unknown' }, { key: 'c', outcome: 'unknown' }, acknowledged('b', '2', 11n)];
  expect(faultsOf(operations, [{ id: '1', position: 10n }, { id: '2', position: 11n }])).toEqual([]);
});

test.each([
  ['a lost act', [acknowledged('a', '1', 10n)], [], /not in the log/],
  ['an act twice', [acknowledged('a', '1', 10n), acknowledged('b', '1', 10n)], [{ id: '1', position: 10n }, { id: '1', position: 11n }], /twice/],
  ['an act nobody asked for', [acknowledged('a', '1', 10n)], [{ id: '1', position: 10n }, { id: '2', position: 11n }], /2 acts for 1 requests/],
  ['one key with two effects', [acknowledged('a', '1', 10n), acknowledged('a', '2', 11n)], [{ id: '1', position: 10n }, { id: '2', position: 11n }], /then 2/],
  ['a position in the future', [acknowledged('a', '1', 9n)], [{ id: '1', position: 10n }], /stands at 10/],
  ['a log out of order', [acknowledged('a', '1', 10n), acknowledged('b', '2', 10n)], [{ id: '1', position: 10n }, { id: '2', position: 9n }], /does not come after/],
])('%s is found', (_name, operations, acts, fault) => {
  expect(faultsOf(operations, acts).join('\n')).toMatch(fault);
});

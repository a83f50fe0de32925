import { violationsOf, type KeyRules, type RequestHistory, type Shown } from '../../support/lease-checker';

const KEYS: KeyRules[] = [
  { name: 'one', concurrencyLimit: 1, rpmLimit: null, kinds: ['a', 'b'] },
  { name: 'rated', concurrencyLimit: 9, rpmLimit: 2, kinds: ['a', 'b'] },
  { name: 'b only', concurrencyLimit: 9, rpmLimit: null, kinds: ['b'] },
];

const shown = (token: number, receivedAt: number, more: Partial<Shown> = {}): Shown =>
  ({ receivedAt, aliveAt: receivedAt - 10, leaseId: `lease-${token}`, token: String(token), key: 'one', secret: true, ...more });

/** Asked at `at`, granted 10 ms later, released after another 100 ms. */
const held = (requestId: string, at: number, token: number, more: Partial<RequestHistory> = {}): RequestHistory => ({
  requestId, worker: 'w', kind: 'a', ttlMs: 5_000, firstSentAt: at, waits: [], grants: [shown(token, at + 10)], beats: [],
  releases: [{ sentAt: at + 110, receivedAt: at + 120, token: String(token), accepted: true }], outcome: 'released', ...more,
});
const waiting = (requestId: string, at: number, until: number, more: Partial<RequestHistory> = {}): RequestHistory =>
  held(requestId, at, 0, { grants: [], releases: [], waits: [{ sentAt: at, receivedAt: at + 5 }, { sentAt: until, receivedAt: until + 5 }], outcome: 'told', ...more });

test('what may have been right is right', () => {
  expect(violationsOf(KEYS, [
    held('first', 0, 1, { beats: [{ sentAt: 50, receivedAt: 60, token: '1', counts: true }] }),
    // Asked while the first held it, and shown again without the secret.
    held('second', 20, 2, { waits: [{ sentAt: 20, receivedAt: 30 }], grants: [shown(2, 130, { aliveAt: 115 }), shown(2, 140, { secret: false })], releases: [{ sentAt: 200, token: '2' }] }),
    // Silent for its TTL, so that nobody can say whether it still held the key.
    held('vanished', 300, 3, { releases: [], outcome: 'vanished' }),
    held('third', 5_400, 4, { grants: [shown(4, 5_410)] }),
    // Answers that crossed: nobody can say which grant came first.
    held('crossing', 6_000, 6), held('crossed', 6_111, 5, { firstSentAt: 6_005, grants: [shown(5, 6_121)], releases: [{ sentAt: 6_200, token: '5' }] }),
    ...[7, 8].map((token) => held(`rated-${token}`, 10_000 + token, token, { grants: [shown(token, 10_300, { key: 'rated' })], releases: [] })),
    held('rated-9', 70_500, 9, { grants: [shown(9, 70_510, { key: 'rated' })], releases: [] }),
    waiting('told', 80_000, 81_000),
    held('of another kind', 80_100, 10, { kind: 'b', grants: [shown(10, 80_110, { key: 'b only' })], releases: [] }),
    held('lost', 90_000, 11, { beats: [{ sentAt: 95_100, receivedAt: 95_110, token: '11', counts: false }], releases: [], outcome: 'lost' }),
  ])).toEqual([]);
});

test.each<[string, RequestHistory[], RegExp]>([
  ['two who certainly hold a key for one', [held('a', 0, 1), held('b', 20, 2)], /^overfull: one was held by a, b$/],
  ['a holder kept by a heartbeat beside another', [
    held('a', 0, 1, { beats: [{ sentAt: 4_000, receivedAt: 4_010, token: '1', counts: true }], releases: [] }), held('b', 8_000, 2),
  ], /^overfull: one/],
  ['a token that two got', [held('a', 0, 1), held('b', 200, 1, { grants: [shown(1, 210, { leaseId: 'other' })] })], /^shared: token 1/],
  ['a lease that two got', [held('a', 0, 1), held('b', 200, 2, { grants: [shown(2, 210, { leaseId: 'lease-1' })] })], /^shared: lease lease-1/],
  ['a token lower than one before', [held('a', 0, 2), held('b', 200, 1)], /^falling: b got 1 after a had 2$/],
  ['a token lower than one that came while it waited', [
    held('a', 100, 2, { kind: 'b' }), held('b', 0, 1, { waits: [{ sentAt: 0, receivedAt: 5 }, { sentAt: 300, receivedAt: 305 }], grants: [shown(1, 320)], releases: [{ sentAt: 400, token: '1' }] }),
  ], /^falling: b/],
  ['two leases for one request', [held('a', 0, 1, { grants: [shown(1, 10), shown(2, 300, { secret: false })] })], /^granted twice: a/],
  ['a secret told twice', [held('a', 0, 1, { grants: [shown(1, 10), shown(1, 50)] })], /^secret twice: a/],
  ['another key on a second look', [held('a', 0, 1, { grants: [shown(1, 10), shown(1, 50, { key: 'rated', secret: false })] })], /^two keys: a/],
  ['a lease taken before its TTL was over', [
    held('a', 0, 1, { beats: [{ sentAt: 1_000, receivedAt: 1_010, token: '1', counts: true }, { sentAt: 2_000, receivedAt: 2_010, token: '1', counts: false }], releases: [], outcome: 'lost' }),
  ], /^lost early: a was over 1010 ms/],
  ['a heartbeat that counts after the release', [held('a', 0, 1, { beats: [{ sentAt: 130, receivedAt: 140, token: '1', counts: true }] })], /^lives on: a heartbeat of a/],
  ['more grants in a minute than the rate allows', [1, 2, 3].map((token) =>
    held(`r${token}`, token * 1_000, token, { grants: [shown(token, token * 1_000 + 10, { key: 'rated' })] })), /^too fast: rated was granted 3 times/],
  ['a key that is not for the caller', [held('a', 0, 1, { grants: [shown(1, 10, { key: 'b only' })] })], /^out of scope: a of a got b only$/],
  ['a request that nobody answered', [waiting('a', 0, 1_000, { outcome: undefined })], /^unserved: a/],
  ['somebody served before who came first', [waiting('a', 0, 1_000), held('b', 500, 1)], /^overtaken: b was served while a waited/],
])('%s is found', (_name, histories, violation) => {
  const found = violationsOf(KEYS, histories);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(violation);
});

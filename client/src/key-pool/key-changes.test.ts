import { emptyKeyForm, formOf, keyChanges, valuesOf } from './key-changes';

const key = { name: 'main', concurrencyLimit: 4, rpmLimit: 60, priority: 0, tenantScope: '*', expiresAt: '2027-01-01T00:00:00.000Z' };

it('changes nothing when nothing was typed, not even what a field cannot hold exactly', () => {
  expect(keyChanges(key, formOf(key))).toEqual({});
  const precise = { ...key, expiresAt: '2027-01-01T00:00:00.123Z' };
  expect(keyChanges(precise, formOf(precise))).toEqual({});
  expect(keyChanges(key, { ...formOf(key), name: ' main ' })).toEqual({});
});

it('says only what changed; empty takes a limit or an expiry away', () => {
  expect(keyChanges(key, { ...formOf(key), concurrencyLimit: '2' })).toEqual({ concurrencyLimit: 2 });
  expect(keyChanges(key, { ...formOf(key), rpmLimit: '', expiresAt: '' })).toEqual({ rpmLimit: null, expiresAt: null });
  expect(keyChanges(key, { ...formOf(key), rpmLimit: '0', priority: '5', tenantScope: 'acme', name: 'spare' }))
    .toEqual({ rpmLimit: 0, priority: 5, tenantScope: 'acme', name: 'spare' });
});

it('a moment is typed in the reader\'s own time and sent in UTC', () => {
  const { expiresAt } = keyChanges(key, { ...formOf(key), expiresAt: '2027-02-01T10:00:00' });
  expect(expiresAt).toBe(new Date('2027-02-01T10:00:00').toISOString());
});

it('a new key has one place, no rate limit and never expires', () => {
  expect(valuesOf(emptyKeyForm)).toEqual({ name: '', concurrencyLimit: 1, rpmLimit: null, priority: 0, tenantScope: '*', expiresAt: null });
});

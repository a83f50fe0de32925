import { healthOf, type Figures } from './health';

const now = Date.parse('2026-01-01T12:00:00Z');
const key = (change: Partial<Figures['keys'][number]> = {}) =>
  ({ active: true, expiresAt: null, coolingDownUntil: null, concurrencyLimit: 2, activeLeases: 0, ...change });
const pool = (change: Partial<Figures> = {}): Figures =>
  ({ capacity: 4, activeLeases: 0, waiting: 0, keys: [key(), key()], leases: [], queue: [], ...change });
const full = key({ activeLeases: 2 });
const [past, future] = ['2026-01-01T11:59:59Z', '2026-01-01T12:00:01Z'];

describe('the health of a pool', () => {
  it.each<[string, Figures, string]>([
    ['nothing goes on', pool(), 'IDLE'],
    ['some places are taken', pool({ activeLeases: 3, keys: [full, key({ activeLeases: 1 })] }), 'ACTIVE'],
    ['somebody waits although a place is free', pool({ activeLeases: 2, keys: [full, key()], waiting: 1, queue: [{ reason: 'RPM' }] }), 'BACKLOGGED'],
    ['every place is taken', pool({ activeLeases: 4, keys: [full, full] }), 'AT_CAPACITY'],
    ['every place is taken by another tenant', pool({ activeLeases: 0, keys: [full, full] }), 'AT_CAPACITY'],
    ['every place is taken and somebody waits', pool({ activeLeases: 4, keys: [full, full], waiting: 2, queue: [{ reason: 'CONCURRENCY' }] }), 'AT_CAPACITY'],
    ['the places left are on a resting key', pool({ activeLeases: 2, keys: [full, key({ coolingDownUntil: future })] }), 'AT_CAPACITY'],
    ['the leases are on a resting key', pool({ activeLeases: 2, keys: [{ ...full, coolingDownUntil: future }, key()] }), 'ACTIVE'],
    ['somebody waits and no key is for them', pool({ waiting: 1, queue: [{ reason: 'NO_KEYS' }] }), 'STARVED'],
    ['there is no key', pool({ capacity: 0, keys: [] }), 'STARVED'],
    ['all keys are off, expired or resting', pool({
      capacity: 2, keys: [key({ active: false }), key({ expiresAt: past }), key({ coolingDownUntil: future })],
    }), 'PAUSED'],
    ['all keys are off while somebody waits', pool({
      capacity: 0, waiting: 1, queue: [{ reason: 'NO_KEYS' }], keys: [key({ active: false }), key({ active: false })],
    }), 'PAUSED'],
    ['own keys are off but others are open to us', pool({ capacity: 3, keys: [key({ active: false }), key({ active: false })] }), 'IDLE'],
    ['one\'s own leases take all that others opened', pool({ capacity: 1, activeLeases: 1, keys: [], leases: [{ providerKey: null }] }), 'AT_CAPACITY'],
    ['a rest is over and an expiry to come', pool({ keys: [key({ coolingDownUntil: past }), key({ expiresAt: future })] }), 'IDLE'],
  ])('%s', (_case, figures, health) => {
    expect(healthOf(figures, now)).toBe(health);
  });
});

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { keyPool, type KeyPoolCommand } from '../../../commands/key-pool/decider';
import { diagnose } from '../../../commands/key-pool/diagnosis';
import type { KeyPoolState } from '../../../commands/key-pool/state';
import { WAIT_TICKETS, type WaitTicketRow } from '../../../queries/key-pool/sql';
import { withReasons } from '../../../queries/key-pool/wait-tickets';
import type { CommandContext } from '../../../src/command-runtime/port';
import { createPoolSetting, type PoolSetting } from './pool-setting';

const SITUATIONS = 120;
/** Few keys, so that what happens to one of them is felt. */
const MOST_KEYS = 3;
const OWNER = 'a';

let setting: PoolSetting;
beforeAll(async () => {
  setting = await createPoolSetting();
});
afterAll(() => setting.close());

/** A step as numbers, from which a command on the pool as it is then is made. */
const step = fc.record({ kind: fc.nat(15), pick: fc.nat(1_000), size: fc.nat(3), laterMs: fc.constantFrom(0, 0, 1, 900, 7_000) });
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const one = <Item>(items: Iterable<Item>, pick: number): Item | undefined => {
  const all = [...items];
  return all[pick % Math.max(1, all.length)];
};

function commandOf(state: KeyPoolState, { kind, pick, size }: Step, n: number, now: number): KeyPoolCommand | undefined {
  const key = one(state.keys.values(), pick);
  const lease = one(state.leases.values(), pick);
  const ticket = one(state.tickets.values(), pick);
  const tenant = ['a', 'b', 'c'][pick % 3]!;
  const about = key && { keyId: key.id, owner: OWNER, now };
  switch (kind) {
    case 0: case 1: return state.keys.size === MOST_KEYS ? undefined : {
      type: 'AddProviderKey', keyId: randomUUID(), name: `name ${n}`, lastFour: '', fingerprint: `print ${n}`, secretRef: `${OWNER}/k${n}`,
      concurrencyLimit: 2 + size, rpmLimit: [null, 1, 2, 3, 4, 0][pick % 6]!, priority: pick % 2,
      tenantScope: ['*', '*', '*', 'a', 'a,b'][pick % 5]!, expiresAt: pick % 11 === 0 ? now + 30_000 : null, now,
    };
    case 2: case 3: case 4: case 5: case 6: return {
      type: 'RequestLease', ticketId: randomUUID(), requestId: `r${n}`, tenant, holder: 'anna', ttlMs: 60_000, maxWaitMs: 3_600_000, now,
      ...(key && size === 3 && { keyId: key.id }),
    };
    case 7: return lease && { type: 'ReleaseLease', leaseId: lease.id, token: lease.token, holder: lease.holder, outcome: 'ok', now };
    case 8: return lease && { type: 'TakePermits', leaseId: lease.id, token: lease.token, holder: lease.holder, units: 1 + size, now };
    case 9: return about && { ...about, type: 'CoolDownProviderKey', until: now + 20_000 * (size + 1), reason: 'rate' };
    case 10: return about && { ...about, type: 'RecoverProviderKey' };
    case 11: return about && { ...about, type: 'DeactivateProviderKey', reason: 'by_hand' };
    case 12: return about && { ...about, type: 'ActivateProviderKey' };
    case 13: return about && {
      ...about, type: 'ChangeProviderKey', concurrencyLimit: 2 + size, tenantScope: ['*', 'a', 'b,c'][pick % 3]!,
      rpmLimit: [null, 1, 2, 3, 0][pick % 5]!,
    };
    case 14: return about && { ...about, type: 'RemoveProviderKey' };
    case 15: return ticket && { type: 'CancelTicket', ticketId: ticket.id, holder: ticket.holder, now };
    default: return undefined;
  }
}

function context(): CommandContext {
  const commandId = randomUUID();
  return { commandId, correlationId: commandId, causationId: commandId, actor: { kind: 'system', id: 'test' }, tenant: OWNER };
}

/** Lets the steps happen to a new pool. @returns reasons as the pool has them and as the view shows them, by ticket */
async function happen(steps: readonly Step[], lookAfterMs: number) {
  const provider = `vendor-${randomUUID()}`;
  let now = Date.UTC(2026, 0, 1);
  let position = 0n;
  for (const [n, step] of steps.entries()) {
    now += step.laterMs;
    const command = commandOf((await setting.commands.load(keyPool, provider)).state, step, n, now);
    if (command) ({ position } = await setting.commands.execute(keyPool, provider, command, context()));
  }
  const { state } = await setting.commands.load(keyPool, provider);
  now += lookAfterMs;
  if (state.tickets.size > 0) expect(await setting.context('anna').live.waitFor(['key_pools'], position)).toBe(true);
  const rows = await setting.db.query<WaitTicketRow>(WAIT_TICKETS, [[provider]]);
  const shown = await withReasons({ db: setting.db, now: () => new Date(now) }, rows);
  const decided = Array.from(state.tickets.values(), (ticket, index) => ({ id: ticket.id, place: index + 1, ...diagnose(state, ticket, now) }));
  return {
    decided: decided.map(({ retryAfterMs, ...rest }) => ({ ...rest, retryAfterMs: retryAfterMs ?? null })),
    shown: shown.map(({ id, place, reason, retryAfterMs }) => ({ id, place, reason, retryAfterMs })).sort((a, b) => a.place - b.place),
  };
}

test('TEST-35: the view gives the same reason as the pool itself, whatever has happened', async () => {
  const reasons = new Set<string>();
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 50 }), fc.constantFrom(0, 1, 10_000, 30_000), async (steps, lookAfterMs) => {
    const { decided, shown } = await happen(steps, lookAfterMs);
    expect(shown).toEqual(decided);
    for (const { reason } of shown) reasons.add(reason);
  }), { numRuns: SITUATIONS, endOnFailure: true });
  // Otherwise nothing was compared.
  expect(reasons.size).toBeGreaterThanOrEqual(4);
}, 60_000);

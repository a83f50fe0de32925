import { randomUUID } from 'node:crypto';
import { graphql, parse, type ExecutionResult } from 'graphql';
import { keyPool } from '../../../commands/key-pool/decider';
import { toGlobalId } from '../../../src/graphql/node';
import { startSubscription } from '../../../src/http/subscription';
import { eventually } from '../../support/eventually';
import { poolActs, secretOf } from './pool-acts';
import { createPoolSetting, type PoolSetting } from './pool-setting';

const LEASE = `mutation ($input: LeaseKeyInput!) { leaseKey(input: $input) {
  lease { id fencingToken } ticket { id place } ticketId secret errors { code rule } } }`;
const WITHOUT_SECRET = 'mutation ($input: LeaseKeyInput!) { leaseKey(input: $input) { lease { id fencingToken } ticketId errors { rule } } }';
const RELEASE = 'mutation ($input: ReleaseLeaseInput!) { releaseLease(input: $input) { errors { code rule } } }';
const CANCEL = 'mutation ($input: CancelTicketInput!) { cancelTicket(input: $input) { cancelledId errors { code rule path } } }';
const FOLLOW = `subscription ($id: ID!) { leaseRequestChanged(ticketId: $id) {
  standing ticket { id holder place reason retryAfterMs estimatedWaitMs deadline } lease { id holder fencingToken state } secret } }`;

let setting: PoolSetting;
beforeAll(async () => {
  setting = await createPoolSetting();
});
afterAll(() => setting.close());

const { newPool } = poolActs(() => setting);

const lease = async (provider: string, requestId: string, user = 'anna', document = LEASE, more: Record<string, unknown> = {}): Promise<any> =>
  (await setting.ask(document, { input: { provider, requestId, ...more } }, user)).leaseKey;

async function release({ lease: { id, fencingToken } }: { lease: { id: string; fencingToken: string } }, user = 'anna'): Promise<void> {
  const { releaseLease } = await setting.ask(RELEASE, { input: { leaseId: id, fencingToken } }, user);
  expect(releaseLease.errors).toEqual([]);
}

/** Ends the lease of a pool as the keeper does when no heartbeat came. */
async function expire(provider: string): Promise<void> {
  const { state: { leases } } = await setting.commands.load(keyPool, provider);
  const { id: leaseId, token, tenant } = [...leases.values()][0]!;
  const id = randomUUID();
  const outcome = await setting.commands.execute(keyPool, provider, { type: 'ExpireLease', leaseId, token, now: Date.now() + 3_600_000 },
    { commandId: id, correlationId: id, causationId: id, actor: { kind: 'system', id: 'test' }, tenant });
  expect(outcome).toMatchObject({ accepted: true });
}

type Item = ExecutionResult<{ leaseRequestChanged: any }>;

/** As a socket starts it: every item has a context of its own. */
async function started(id: string, user: string, role: 'owner' | 'user' = 'owner'): Promise<AsyncIterableIterator<Item> | ExecutionResult> {
  const controller = new AbortController();
  const args = { schema: setting.schema, document: parse(FOLLOW), variableValues: { id } };
  return startSubscription({
    args, contextFor: (signal) => Object.assign(setting.context(user, role), { signal }), onEnd: () => undefined,
  }, controller) as Promise<AsyncIterableIterator<Item> | ExecutionResult>;
}

/** A request that somebody follows: its items one by one. */
async function followed(id: string, user: string): Promise<{ next(): Promise<any>; nextWith(matches: (item: any) => boolean): Promise<any>; stop(): Promise<unknown> }> {
  const items = await started(id, user);
  if (!('next' in items)) throw new Error(JSON.stringify(items));
  const next = async (): Promise<any> => {
    const { done, value } = await items.next();
    if (value?.errors) throw new Error(JSON.stringify(value.errors));
    return done ? undefined : JSON.parse(JSON.stringify(value!.data!.leaseRequestChanged));
  };
  return {
    next,
    async nextWith(matches) {
      for (;;) {
        const item = await next();
        if (item === undefined) throw new Error('The subscription has ended');
        if (matches(item)) return item;
      }
    },
    stop: () => items.return!(),
  };
}

describe('leaseRequestChanged', () => {
  it('tells the place, the grant with its secret once, and the end, and is over then', async () => {
    const provider = await newPool();
    const held = await lease(provider, 'r');
    const ahead = await lease(provider, 'r', 'bob');
    const waiting = await lease(provider, 'r', 'ben');
    expect(waiting).toMatchObject({ lease: null, secret: null, ticket: { place: 2 } });
    const request = await followed(waiting.ticketId, 'ben');
    expect(await request.next()).toEqual({
      standing: 'WAITING', lease: null, secret: null,
      ticket: { id: waiting.ticket.id, holder: 'ben', place: 2, reason: 'TURN', retryAfterMs: null, estimatedWaitMs: null, deadline: expect.any(String) },
    });
    await release(held);
    expect(await request.nextWith(({ ticket }) => ticket?.place === 1)).toMatchObject({ standing: 'WAITING', ticket: { reason: 'CONCURRENCY' } });
    const first = await lease(provider, 'r', 'bob');
    expect(first.ticketId).toBe(ahead.ticketId);
    await release(first, 'bob');
    const granted = await request.nextWith(({ standing }) => standing === 'GRANTED');
    expect(granted).toEqual({
      standing: 'GRANTED', ticket: null, secret: secretOf(provider),
      lease: { id: expect.any(String), holder: 'ben', fencingToken: '3', state: 'ACTIVE' },
    });
    expect(await lease(provider, 'r', 'ben')).toMatchObject({ lease: { fencingToken: '3' }, secret: null, ticketId: waiting.ticketId });
    await release(granted, 'ben');
    expect(await request.next()).toMatchObject({ standing: 'RELEASED', ticket: null, secret: null, lease: { state: 'RELEASED' } });
    expect(await request.next()).toBeUndefined();
  });

  it('says about how long it will still wait, from how long leases have lasted', async () => {
    const provider = await newPool();
    await release(await lease(provider, 'before'));
    await lease(provider, 'r');
    const { ticketId } = await lease(provider, 's');
    const request = await followed(ticketId, 'anna');
    const { ticket } = await request.next();
    expect(ticket.estimatedWaitMs).toBeGreaterThanOrEqual(0);
    await request.stop();
  });

  it('tells the secret to whoever asks for it first, and only to those who ask for it', async () => {
    const provider = await newPool();
    const held = await lease(provider, 'r', 'anna', WITHOUT_SECRET);
    expect(held.lease).not.toBeNull();
    const [one, other] = await Promise.all([followed(held.ticketId, 'anna'), followed(held.ticketId, 'anna')]);
    const items = await Promise.all([one.next(), other.next()]);
    expect(items.map(({ standing }) => standing)).toEqual(['GRANTED', 'GRANTED']);
    expect(items.map(({ secret }) => secret).filter((secret) => secret !== null)).toEqual([secretOf(provider)]);
    expect((await lease(provider, 'r')).secret).toBeNull();
    await one.stop();
    await other.stop();
  });

  it('tells no secret by the kept answer of an idempotency key, also when nothing is known of the lease any more', async () => {
    const provider = await newPool();
    const asked = { idempotencyKey: 'once' };
    const held = await lease(provider, 'r', 'anna', LEASE, asked);
    expect(held.secret).toBe(secretOf(provider));
    await release(held);
    // As keepers do a day later; answers are kept for longer.
    await setting.db.query('delete from lease_beat where provider = $1', [provider]);
    expect(await lease(provider, 'r', 'anna', LEASE, asked)).toMatchObject({ ticketId: held.ticketId, secret: null, errors: [] });
    expect(await setting.db.query('select 1 from lease_beat where provider = $1', [provider])).toEqual([]);
  });

  it('begins with the end of a request that is over', async () => {
    const provider = await newPool();
    const held = await lease(provider, 'r');
    await release(held);
    const request = await followed(held.ticketId, 'anna');
    expect(await request.next()).toMatchObject({ standing: 'RELEASED', secret: null });
    expect(await request.next()).toBeUndefined();
  });

  it.each([
    ['TIMED_OUT', { maxWaitSeconds: 1 }], ['CANCELLED', {}], ['REVOKED', {}], ['EXPIRED', { ttlSeconds: 5 }],
  ])('ends with %s', async (standing, more) => {
    const provider = await newPool();
    const keeper = setting.startKeeper();
    if (['TIMED_OUT', 'CANCELLED'].includes(standing)) await lease(provider, 'held');
    const { ticketId, lease: held } = await lease(provider, 'r', 'ben', LEASE, more);
    const request = await followed(ticketId, 'ben');
    await request.next();
    if (standing === 'CANCELLED') await setting.ask(CANCEL, { input: { ticketId } }, 'ben');
    if (standing === 'REVOKED') await setting.ask('mutation ($input: RevokeLeaseInput!) { revokeLease(input: $input) { errors { rule } } }', { input: { leaseId: held.id } });
    if (standing === 'EXPIRED') await expire(provider);
    expect(await request.nextWith((item) => !['WAITING', 'GRANTED'].includes(item.standing))).toMatchObject({ standing });
    expect(await request.next()).toBeUndefined();
    await keeper.stop();
  });

  it('TEST-35: tells a new reason that comes with time alone', async () => {
    const provider = await newPool({ rpmLimit: 1, concurrencyLimit: 5 });
    await lease(provider, 'r');
    const { ticketId } = await lease(provider, 's');
    const request = await followed(ticketId, 'anna');
    expect((await request.next()).ticket.reason).toBe('RPM');
    setting.advance(61_000);
    expect((await request.next()).ticket.reason).toBe('TURN');
    setting.advance(-61_000);
    await request.stop();
  });

  it('answers a stranger as if the request had never been made', async () => {
    const provider = await newPool();
    const { ticketId } = await lease(provider, 'r');
    const answers = [
      await started(ticketId, 'ben'), await started(toGlobalId('WaitTicket', `${provider}/${randomUUID()}`), 'anna'), await started(toGlobalId('WaitTicket', 'nothing'), 'anna'),
    ];
    const refusals = (answers as ExecutionResult[]).map(({ errors }) => errors?.map(({ originalError, message }) => ({ message, refusal: (originalError as any)?.refusal })));
    expect(refusals[0]).toEqual([{ message: expect.any(String), refusal: expect.objectContaining({ code: 'E4041', rule: 'ticket_unknown' }) }]);
    expect(refusals[1]).toEqual(refusals[0]);
    expect(refusals[2]).toEqual(refusals[0]);
    await expect(started(ticketId, 'ursula', 'user')).resolves.toMatchObject({ errors: [{ message: expect.stringContaining('role does not allow') }] });
  });

  it('gives somebody who has stopped reading the newest state and nothing else', async () => {
    const provider = await newPool();
    const held = await lease(provider, 'r');
    const places = await Promise.all(Array.from({ length: 6 }, (_, n) => lease(provider, `w${n}`)));
    const request = await followed(places[5].ticketId, 'anna');
    expect((await request.next()).ticket.place).toBe(6);
    await release(held);
    for (const n of [0, 1, 2, 3]) await release(await lease(provider, `w${n}`));
    await eventually(async () => (await lease(provider, 'w5')).ticket?.place === 1);
    // The looks of this pool are one for all: another who follows shows that it has been taken.
    const other = await followed(places[5].ticketId, 'anna');
    expect((await other.next()).ticket.place).toBe(1);
    expect((await request.next()).ticket.place).toBe(1);
    await request.stop();
    await other.stop();
  });

  it('looks at a pool once for everybody who follows there, and not at all when nobody does', async () => {
    const provider = await newPool();
    await lease(provider, 'r');
    const tickets = await Promise.all(Array.from({ length: 100 }, (_, n) => lease(provider, `w${n}`)));
    const load = jest.spyOn(setting.commands, 'load');
    const begun = performance.now();
    const requests = await Promise.all(tickets.map(({ ticketId }) => followed(ticketId, 'anna')));
    await Promise.all(requests.map((request) => request.next()));
    // Ten looks a second at most, however many follow.
    expect(load.mock.calls.length).toBeLessThan((performance.now() - begun) / 100 + 5);
    await Promise.all(requests.map((request) => request.stop()));
    load.mockClear();
    await release(await lease(provider, 'r'));
    const elsewhere = await lease(await newPool(), 'r');
    const other = await followed(elsewhere.ticketId, 'anna');
    await other.next();
    await release(elsewhere);
    await other.next();
    expect(load.mock.calls.filter(([, id]) => id === provider)).toEqual([]);
    load.mockRestore();
  });
});

test('a place in the queue stays when nobody listens any more', async () => {
  const provider = await newPool();
  const held = await lease(provider, 'r');
  const { ticketId } = await lease(provider, 's', 'ben');
  const request = await followed(ticketId, 'ben');
  await request.next();
  await request.stop();
  await release(held);
  const again = await followed(ticketId, 'ben');
  expect(await again.next()).toMatchObject({ standing: 'GRANTED', secret: secretOf(provider) });
  await again.stop();
});

test('whoever is granted a lease is shown it with its secret, also when the views are behind', async () => {
  const provider = await newPool();
  const context = setting.context('anna');
  const behind = Object.assign(context, { live: { ...context.live, waitFor: async () => false } });
  const { data } = await graphql({ schema: setting.schema, source: LEASE, variableValues: { input: { provider, requestId: 'r' } }, contextValue: behind });
  expect(data?.['leaseKey']).toMatchObject({ lease: { fencingToken: '1' }, secret: secretOf(provider), errors: [] });
  await release(JSON.parse(JSON.stringify(data?.['leaseKey'])));
});

describe('cancelTicket', () => {
  it('gives up one\'s own place, and twice is once', async () => {
    const provider = await newPool();
    const held = await lease(provider, 'r');
    const { ticketId } = await lease(provider, 's');
    for (const _ of [1, 2]) {
      expect((await setting.ask(CANCEL, { input: { ticketId } })).cancelTicket).toEqual({ cancelledId: ticketId, errors: [] });
    }
    expect(await lease(provider, 's')).toMatchObject({ lease: null, errors: [{ rule: 'request_over' }] });
    await release(held);
    expect((await lease(provider, 't')).lease).not.toBeNull();
  });

  it('says when there is a lease to release instead', async () => {
    const provider = await newPool();
    const { ticketId } = await lease(provider, 'r');
    expect((await setting.ask(CANCEL, { input: { ticketId } })).cancelTicket).toEqual({ cancelledId: null, errors: [] });
  });

  it('TEST-36: leaves the places of others alone, and who they are unsaid', async () => {
    const provider = await newPool();
    await lease(provider, 'r');
    const { ticketId } = await lease(provider, 's');
    const cancel = async (id: string, user: string): Promise<any> => (await setting.ask(CANCEL, { input: { ticketId: id } }, user)).cancelTicket;
    const refused = { cancelledId: null, errors: [{ code: 'E4041', rule: 'ticket_unknown', path: ['input', 'ticketId'] }] };
    expect(await cancel(ticketId, 'ben')).toEqual(refused);
    expect(await cancel(toGlobalId('WaitTicket', `${provider}/${randomUUID()}`), 'anna')).toEqual(refused);
    const { ticketId: held } = await lease(provider, 'r');
    expect(await cancel(held, 'ben')).toEqual(refused);
    expect((await lease(provider, 's')).ticket).toMatchObject({ place: 1 });
  });
});

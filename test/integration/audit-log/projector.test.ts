import { auditLogProjector } from '../../../projections/audit-log/projector';
import { concurrencySlotEvents } from '../../../schema/concurrency-slot/events';
import { entitlementEvents } from '../../../schema/entitlement/events';
import { keyPoolEvents } from '../../../schema/key-pool/events';
import { refusedActEvents } from '../../../schema/refused-act/events';
import { runEvents } from '../../../schema/run/events';
import { signInEvents } from '../../../schema/sign-in/events';
import { userEvents } from '../../../schema/user/events';
import { projectorSpecification } from '../../support/projector-specification';
import { sealedText } from '../../support/sealed';

describe('the audit log', () => {
  const specification = projectorSpecification(auditLogProjector({ ...keyPoolEvents, ...userEvents, ...entitlementEvents, ...refusedActEvents, ...signInEvents, ...concurrencySlotEvents, ...runEvents }));
  const address = sealedText('boss', 'address', '203.0.113.9');
  const assigned = { type: 'RoleAssigned', stream: 'user-u1', data: { userId: 'u1', role: 'admin', previous: 'user' } };

  test('has a line for every event, with what it was about and how it ended', async () => {
    const { audit_entries: entries } = await specification.given([
      { ...assigned, actor: { kind: 'user', id: 'boss' } },
      {
        type: 'ActRefused', stream: 'refusedActs-tenant-1-2026-01-01', actor: { kind: 'user', id: 'clerk' },
        data: { act: 'assignRole', code: 'E4031', rule: 'role', subjects: ['u1', 'u2', 'u1'], address, unrecorded: 2 },
      },
      { type: 'SignInFailed', stream: 'signIn-abc-2026-01-01', actor: { kind: 'anonymous', id: 'anonymous' }, data: { userId: 'u1', reason: 'credentials', address: null } },
      { type: 'SignInFailed', stream: 'signIn-abc-2026-01-01', data: { userId: null, reason: 'throttled', address } },
    ]);
    const byPosition = [...entries!].sort((a, b) => Number(a.position) - Number(b.position));
    expect(byPosition).toMatchObject([
      { act: 'RoleAssigned', actor_id: 'boss', subjects: ['u1'], subject: 'u1', result: 'succeeded', reason: null, code: null, address: null, summary: assigned.data },
      { act: 'ActRefused', actor_id: 'clerk', subjects: ['u1', 'u2'], result: 'refused', reason: 'role', code: 'E4031', address, summary: { act: 'assignRole', address: 'sealed', unrecorded: 2 } },
      { act: 'SignInFailed', actor_kind: 'anonymous', subjects: ['abc-2026-01-01', 'u1'], result: 'refused', reason: 'credentials', code: 'E4011', address: null },
      { act: 'SignInFailed', subjects: ['abc-2026-01-01'], result: 'refused', reason: 'throttled', code: 'E4291', address },
    ]);
  });

  test('tells a tenant what a shared pool did for it, and nothing of the tenant whose act it followed', async () => {
    const lease = { leaseId: 'p/1', ticketId: 'p/1', requestId: 'r', keyId: 'k', token: 2, holder: 'ben', tenant: 'tenant-2', ttlMs: 1, at: 1 };
    const { audit_entries: entries, audit_subjects: subjects } = await specification.given([
      { type: 'LeaseReleased', stream: 'keyPool-p', actor: { kind: 'user', id: 'anna' }, data: { leaseId: 'p/0', keyId: 'k', token: 1, tenant: 'tenant-1', outcome: 'ok', at: 1 } },
      { type: 'LeaseGranted', stream: 'keyPool-p', actor: { kind: 'user', id: 'anna' }, data: lease },
    ]);
    const seen = entries!.map(({ tenant_id, act, actor_kind, actor_id, request_id }) => ({ tenant_id, act, actor_kind, actor_id, request_id }));
    expect(seen).toEqual(expect.arrayContaining([
      expect.objectContaining({ tenant_id: 'tenant-1', act: 'LeaseReleased', actor_kind: 'user', actor_id: 'anna' }),
      { tenant_id: 'tenant-2', act: 'LeaseGranted', actor_kind: 'system', actor_id: 'key-pool', request_id: null },
    ]));
    expect(new Set(subjects!.filter(({ subject }) => subject === 'r').map(({ tenant_id }) => tenant_id))).toEqual(new Set(['tenant-2']));
  });

  test('says which part of the server ended a slot, and not who else came by', async () => {
    const expired = { type: 'SlotReleased', stream: 'concurrencySlots-all', data: { runId: 'r1', userId: 'u1', tenant: 'tenant-2', how: 'expired', at: 1 } };
    const { audit_entries: entries } = await specification.given([
      { ...expired, tenant: '', actor: { kind: 'system', id: 'expire-slots' } },
      { ...expired, actor: { kind: 'user', id: 'anna' } }, { ...expired, actor: { kind: 'system', id: 'run_load_tests' } },
    ]);
    const byPosition = [...entries!].sort((a, b) => Number(a.position) - Number(b.position));
    expect(byPosition.map(({ tenant_id, actor_kind, actor_id }) => [tenant_id, actor_kind, actor_id])).toEqual([
      ['tenant-2', 'system', 'expire-slots'], ['tenant-2', 'system', 'concurrency-slots'], ['tenant-2', 'system', 'concurrency-slots'],
    ]);
  });

  test('tells the steps that work takes by itself from what somebody did', async () => {
    const leased = { leaseId: 'p/1', ticketId: 'p/1', requestId: 'r', keyId: 'k', token: 2, tenant: 'tenant-1', ttlMs: 1, at: 1 };
    const granted = (holder: string) => ({ type: 'LeaseGranted', stream: 'keyPool-p', data: { ...leased, holder } });
    const cancelled = (reason: string) => ({ type: 'TicketCancelled', stream: 'keyPool-p', data: { ticketId: 'p/2', tenant: 'tenant-1', reason, at: 1 } });
    const freed = (how: string) => ({ type: 'SlotReleased', stream: 'concurrencySlots-all', data: { runId: 'r1', userId: 'u1', tenant: 'tenant-1', how, at: 1 } });
    const { audit_entries: entries } = await specification.given([
      granted('run/r1'), granted('load-test/l1'), granted('a program'), granted('run'),
      { type: 'PermitsTaken', stream: 'keyPool-p', data: { leaseId: 'p/1', keyId: 'k', token: 2, tenant: 'tenant-1', units: 5, at: 1 } },
      cancelled('abandoned'), cancelled('tenant_suspended'), freed('ended'), freed('expired'), freed('cleared'),
      { type: 'RunPollingStarted', stream: 'run-r1', data: { runId: 'r1', attempt: 1 } },
      { type: 'RunCancelled', stream: 'run-r1', data: { runId: 'r1', attempt: 1, by: 'u1', durationMs: 1 } },
      assigned,
    ]);
    const byPosition = [...entries!].sort((a, b) => Number(a.position) - Number(b.position));
    expect(byPosition.map(({ routine }) => routine)).toEqual([true, true, false, false, true, true, false, true, true, false, true, false, false]);
  });

  test('shows no ciphertext, however deep it lies', async () => {
    const source = sealedText('r1', 'source.o1', 'https://vendor.example.test/file?signature=abc');
    const output = { outputId: 'o1', kind: 'image', contentType: 'image/png', bytes: 1, width: 1, height: 1, durationMs: null, blob: null, thumbnail: null, digest: null };
    const { audit_entries: entries } = await specification.given([
      {
        type: 'RunRequested', stream: 'run-r1',
        data: {
          runId: 'r1', kind: 'image', model: 'm', provider: 'p', requestedBy: 'u1', simulated: true,
          generation: {
            operation: 'kling_image', pool: 'kling', scenario: null, parameters: sealedText('r1', 'parameters', '{}'), autoPoll: true,
            pollIntervalMs: 1, maxWaitMs: 1, maxQueueMs: 1,
          },
        },
      },
      {
        type: 'RunSucceeded', stream: 'run-r1',
        data: { runId: 'r1', promptTokens: null, completionTokens: null, cost: null, durationMs: 1, outputRef: null, outputs: [{ ...output, source }] },
      },
    ]);
    const byPosition = [...entries!].sort((a, b) => Number(a.position) - Number(b.position));
    expect(byPosition[0]!.summary).toMatchObject({ generation: { parameters: 'sealed', pool: 'kling' } });
    expect(byPosition[1]!.summary).toMatchObject({ outputs: [{ ...output, source: 'sealed' }] });
  });

  test('is found by everything an entry is about, in its own tenant', async () => {
    const { audit_entries: entries, audit_subjects: subjects } = await specification.given([
      assigned, { ...assigned, tenant: 'tenant-2' },
      { type: 'ActRefused', stream: 'refusedActs-x', data: { act: 'deleteUsers', code: 'B2003', rule: 'self', subjects: ['u1', 'u2'], address: null, unrecorded: 0 } },
    ]);
    const others = subjects!.map(({ tenant_id, subject, entry_id }) => ({ tenant_id, subject, act: entries!.find(({ id }) => id === entry_id)!.act }));
    const places = [...entries!, ...others].map(({ tenant_id, subject, act }) => [tenant_id, subject, act].join(' '));
    expect(places.sort()).toEqual(['tenant-1 u1 ActRefused', 'tenant-1 u1 RoleAssigned', 'tenant-1 u2 ActRefused', 'tenant-2 u1 RoleAssigned']);
  });

  test('finds what was granted to a user or a tenant by their id; a tier is known within its tenant only', async () => {
    const granted = (subjectKind: string, subject: string, id: string) =>
      ({ type: 'EntitlementsSet', stream: `entitlement-${id}`, data: { subjectKind, subject, models: ['gpt-4o-mini'] } });
    const { audit_entries: entries } = await specification.given([
      granted('user', 'u1', 'user:u1'), granted('tenant', 'tenant-1', 'tenant:tenant-1'), granted('tier', 'pro', 'tier:tenant-1/pro'),
    ]);
    const found = entries!.map(({ subjects }): string => subjects.join());
    expect(found.sort()).toEqual(['tenant-1', 'tier:tenant-1/pro', 'u1']);
  });
});

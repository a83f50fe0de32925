import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { event } from '../../../schema/define-events';
import type { EventStore, NewEvent } from '../../../src/event-store/port';
import type { Change, Projector, Reactor } from '../../../src/projection-runtime/projector';

export const accountEvents = {
  AccountOpened: event(z.object({ accountId: z.string(), tags: z.array(z.string()), ratio: z.string().optional() })),
  AccountNamed: event(z.object({ accountId: z.string(), name: z.unknown() })),
  MoneyMoved: event(z.object({ accountId: z.string(), movementId: z.string(), amount: z.number().int() })),
  AccountClosed: event(z.object({ accountId: z.string() })),
  AccountErased: event(z.object({ accountId: z.string() })),
};

/** A view with every kind of change and column. */
export function accountView(overrides: Partial<Projector<typeof accountEvents>> = {}): Projector<typeof accountEvents> {
  return {
    name: 'account',
    version: 1,
    events: accountEvents,
    tables: path.join(__dirname, 'account-tables.sql'),
    live: { table: 'account', key: 'account_id' },
    project: (events) => events.flatMap(({ type, data, at }): Change[] => {
      const { position, metadata: { tenant } } = at;
      const table = 'account';
      const key = { account_id: data.accountId };
      switch (type) {
        case 'AccountOpened':
          return [{
            kind: 'put', table, key, position,
            set: {
              tenant_id: tenant, tags: data.tags, opened_at: new Date(at.metadata.at), ratio: data.ratio ?? null,
              details: { 'quoted "key"': data.tags, revision: Number(at.revision) }, limits: null,
            },
          }];
        case 'AccountNamed':
          return [{ kind: 'patch', table, key, set: { owner_name: String(data.name) }, position }];
        case 'MoneyMoved':
          return [
            { kind: 'add', table, key, add: { balance: data.amount }, position },
            {
              kind: 'put', table: 'movement', key: { movement_id: data.movementId }, position,
              set: { tenant_id: tenant, account_id: data.accountId, amount: data.amount },
            },
          ];
        case 'AccountClosed':
          return [{ kind: 'patch', table, key, set: { closed: true }, position }];
        case 'AccountErased':
          return [{ kind: 'remove', table, key, position }];
      }
    }),
    ...overrides,
  };
}

/** Asks for one job for each movement. */
export const movementReactor: Reactor<typeof accountEvents> = {
  name: 'movement_reactor',
  events: accountEvents,
  react: (events) => events.flatMap(({ type, data }) => {
    if (type !== 'MoneyMoved') return [];
    const { movementId, amount } = data;
    return [{ kind: 'job' as const, task: 'book', payload: { movementId, amount }, jobKey: `book ${movementId}` }];
  }),
};

export function newEvent(type: string, data: Record<string, unknown>, tenant = 'tenant-1'): NewEvent {
  const id = randomUUID();
  return {
    id, type, data,
    metadata: {
      $correlationId: id, $causationId: id, commandId: id, actor: { kind: 'system', id: 'test' }, tenant,
      v: 1, at: '2026-01-02T03:04:05.678Z', prev: null,
    },
  };
}

/** Appends to the streams of accounts without keeping track of revisions elsewhere. */
export function accountWriter(store: EventStore): (accountId: string, ...events: NewEvent[]) => Promise<bigint> {
  const revisions = new Map<string, bigint>();
  return async (accountId, ...events) => {
    const { revision, position } = await store.append(`account-${accountId}`, revisions.get(accountId) ?? 'no_stream', events);
    revisions.set(accountId, revision);
    return position;
  };
}

export const opened = (accountId: string, tags: string[] = [], tenant?: string): NewEvent =>
  newEvent('AccountOpened', { accountId, tags }, tenant);
export const named = (accountId: string, name: unknown): NewEvent => newEvent('AccountNamed', { accountId, name });
export const moved = (accountId: string, movementId: string, amount: number, tenant?: string): NewEvent =>
  newEvent('MoneyMoved', { accountId, movementId, amount }, tenant);

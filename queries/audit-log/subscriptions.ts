import { Arg, Resolver, Root, Subscription } from 'type-graphql';
import { AuditEntry, AuditEntryChange } from '../../schema/audit-log/types';
import { changes, type ChangeOf } from '../../src/graphql/change';
import type { Context } from '../../src/graphql/context';
import { Policy } from '../../src/graphql/policy';
import { toAuditEntry, type AuditEntryRow } from './sql';

@Resolver(() => AuditEntry)
export class AuditLogSubscriptions {
  @Subscription(() => AuditEntryChange, {
    description: 'Acts as they become durable: each once, none left out but routine ones, which come when `act` names them.',
    subscribe: ({ args: { after, act }, context }: { args: { after?: string | null; act?: readonly string[] | null }; context: Context }) => changes(context, {
      view: 'audit_log',
      after,
      filter: (row) => (act ? act.includes(String(row.act)) : row.routine !== true),
      toNode: (row) => toAuditEntry(row as unknown as AuditEntryRow),
    }),
  })
  @Policy('audit:read')
  auditEntryAdded(
    @Root() change: ChangeOf<AuditEntry>,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last item seen.' }) _after: string | null,
    @Arg('act', () => [String], { nullable: true, description: 'One of these acts.' }) _act: readonly string[] | null,
  ): ChangeOf<AuditEntry> {
    return change;
  }
}

import { Arg, Resolver, Root, Subscription } from 'type-graphql';
import { AuditEntry, AuditEntryChange } from '../../schema/audit-log/types';
import { changes, type ChangeOf } from '../../src/graphql/change';
import type { Context } from '../../src/graphql/context';
import { Policy } from '../../src/graphql/policy';
import { toAuditEntry, type AuditEntryRow } from './sql';

@Resolver(() => AuditEntry)
export class AuditLogSubscriptions {
  @Subscription(() => AuditEntryChange, {
    description: 'Acts as they become durable: each once, none left out.',
    subscribe: ({ args, context }) =>
      changes(context as Context, { view: 'audit_log', after: args.after as string | null, toNode: (row) => toAuditEntry(row as unknown as AuditEntryRow) }),
  })
  @Policy('audit:read')
  auditEntryAdded(
    @Root() change: ChangeOf<AuditEntry>,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last item seen.' }) _after: string | null,
  ): ChangeOf<AuditEntry> {
    return change;
  }
}

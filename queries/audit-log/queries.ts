import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { AuditFilter, AuditOrder } from '../../schema/audit-log/inputs';
import { AuditEntry, AuditEntryConnection } from '../../schema/audit-log/types';
import { User } from '../../schema/user/types';
import { OrderDirection, PageArgs, readPage, type Page } from '../../src/graphql/connection';
import type { Context } from '../../src/graphql/context';
import { registerNode } from '../../src/graphql/node';
import { Policy } from '../../src/graphql/policy';
import { containing, sql, type SqlCondition } from '../../src/graphql/sql';
import { tenantOf } from '../../src/graphql/tenant';
import { maskedNetwork, seesWhereabouts } from '../addresses';
import { userById } from '../user/loaders';
import { auditEntryById, openedAddress } from './loaders';
import { toAuditEntry, type AuditEntryRow } from './sql';

registerNode('AuditEntry', 'audit:read', async (context, ids) => {
  await context.waitForViews('audit_log');
  return context.loader(auditEntryById).loadMany(ids) as Promise<(AuditEntry | undefined)[]>;
});

@Resolver(() => AuditEntry)
export class AuditLogQueries {
  @Query(() => AuditEntryConnection, { description: 'The acts in the tenant, newest first; routine ones only when `act`, `search` or `correlationId` ask for them.' })
  @Policy('audit:read')
  async auditLog(
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() context: Context,
    @Arg('filter', () => AuditFilter, { nullable: true, description: 'Which acts.' }) filter?: AuditFilter,
    @Arg('orderBy', () => AuditOrder, { nullable: true, description: 'In which order.' }) orderBy?: AuditOrder,
  ): Promise<Page<AuditEntry>> {
    await context.waitForViews('audit_log');
    return readPage<AuditEntryRow, AuditEntry>(context.db, {
      from: 'views.audit_entries',
      key: 'id',
      where: conditions(tenantOf(context), filter),
      orderBy: { column: 'position', direction: orderBy?.direction ?? OrderDirection.DESC },
      toNode: toAuditEntry,
    }, page);
  }

  @FieldResolver(() => User, { nullable: true, description: 'Whoever did it, when that is a user of this tenant.' })
  @Policy('users:read')
  actor(@Root() entry: AuditEntry, @Ctx() context: Context): Promise<User | undefined> | null {
    return entry.actorKind === 'user' ? context.loader(userById).load(entry.actorId) : null;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'Network address it came from; of others, those who do not manage people see its network only. Null when it is not known, or erased.',
  })
  async address(@Root() { sealedAddress, actorId }: AuditEntry, @Ctx() context: Context): Promise<string | null> {
    const address = sealedAddress && await context.loader(openedAddress).load(sealedAddress);
    if (!address) return null;
    return seesWhereabouts(context, actorId) ? address : maskedNetwork(address);
  }
}

function conditions(tenantId: string, filter: AuditFilter | null | undefined): SqlCondition[] {
  const { search, act, actorId, correlationId, subject, result, from, to } = filter ?? {};
  return [
    sql`tenant_id = ${tenantId}`,
    ...(act || search || correlationId ? [] : [sql`not routine`]),
    ...(search ? [sql`(act ilike ${containing(search)} or stream ilike ${containing(search)})`] : []),
    ...(act ? [sql`act = any(${act})`] : []),
    ...(actorId ? [sql`actor_id = ${actorId}`] : []),
    ...(correlationId ? [sql`correlation_id = ${correlationId}`] : []),
    ...(subject ? [sql`id in (
      select id from views.audit_entries where tenant_id = ${tenantId} and subject = ${subject}
      union all select entry_id from views.audit_subjects where tenant_id = ${tenantId} and subject = ${subject})`] : []),
    ...(result ? [sql`result = any(${result})`] : []),
    ...(from ? [sql`at >= ${from}`] : []),
    ...(to ? [sql`at <= ${to}`] : []),
  ];
}

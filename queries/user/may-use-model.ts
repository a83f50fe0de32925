import { EVERY_MODEL } from '../../schema/entitlement/events';
import { containing, sql, type SqlCondition } from '../../src/graphql/sql';

/** The rows of `views.users` of those who may use this very model. */
export function mayUseModel(model: string): SqlCondition {
  return granted(sql`e.models && ${[model, EVERY_MODEL]}::text[]`);
}

/** The rows of `views.users` of those who may use a model whose name contains the text. */
export function mayUseModelLike(text: string): SqlCondition {
  return granted(sql`exists (select from unnest(e.models) as m (model) where model ilike ${containing(text)} or model = ${EVERY_MODEL})`);
}

/** By their tenant, which has every model while none is set for it, by their tier, or by themselves. */
function granted(condition: SqlCondition): SqlCondition {
  return sql`(
    tenant_id not in (select e.tenant_id from views.entitlements as e where e.subject_kind = 'tenant' and e.models is not null)
    or tenant_id in (select e.tenant_id from views.entitlements as e where e.subject_kind = 'tenant' and ${condition})
    or (tenant_id, tier) in (select e.tenant_id, e.subject from views.entitlements as e where e.subject_kind = 'tier' and ${condition})
    or (tenant_id, id) in (select e.tenant_id, e.subject from views.entitlements as e where e.subject_kind = 'user' and ${condition}))`;
}

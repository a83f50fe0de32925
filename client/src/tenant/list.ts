import type { ListQuestion } from '../lib/url-codec';
import { connectionPage, oneNode, type ListSource } from '../live/live-list';
import { chosen, mentions, orderBy } from '../ui/data-table/order';
import { TenantByIdDocument, TenantsDocument, type TenantFieldsFragment, type TenantState } from './gql/documents';
import { tenantSpec } from './spec';

export type TenantRow = TenantFieldsFragment;

const orders = { createdAt: 'CREATED_AT', name: 'NAME' } as const;

/** The tenants of this server that a question asks for. There is no feed of them: own acts show at once, others' on reload. */
export const tenantList = ({ q, sort, facets }: ListQuestion): ListSource<TenantRow> => ({
  pageSize: 100,
  page: connectionPage(TenantsDocument, {
    filter: { search: q || undefined, state: chosen<TenantState>(facets.state) },
    orderBy: orderBy(sort, orders),
  }, ({ tenants }) => tenants),
  one: (client, id) => oneNode(client, TenantByIdDocument, id, (node): node is TenantRow => node.__typename === 'Tenant'),
  feed(_live, { refused }) {
    refused();
    return () => undefined;
  },
  version: ({ revision }) => BigInt(revision),
  admits: ({ name, slug, state }) => sort === tenantSpec.defaultSort
    && (q === '' || mentions(q, name, slug))
    && (!facets.state || facets.state.includes(state)),
});

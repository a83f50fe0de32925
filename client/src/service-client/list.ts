import type { ListQuestion } from '../lib/url-codec';
import { changeFeed, connectionPage, oneNode, type ListSource } from '../live/live-list';
import { mentions, orderBy } from '../ui/data-table/order';
import {
  ServiceClientByIdDocument, ServiceClientChangedDocument, ServiceClientsDocument, type ServiceClientFieldsFragment,
} from './gql/documents';
import { serviceClientSpec } from './spec';

export type ServiceClientRow = ServiceClientFieldsFragment;

const orders = { createdAt: 'CREATED_AT', name: 'NAME' } as const;

/** The service clients that a question asks for. */
export const serviceClientList = ({ q, sort }: ListQuestion): ListSource<ServiceClientRow> => ({
  pageSize: 100,
  page: connectionPage(ServiceClientsDocument, { filter: { search: q || undefined }, orderBy: orderBy(sort, orders) },
    ({ serviceClients }) => serviceClients),
  one: (client, id) =>
    oneNode(client, ServiceClientByIdDocument, id, (node): node is ServiceClientRow => node.__typename === 'ServiceClient'),
  feed: changeFeed(ServiceClientChangedDocument, {}, ({ serviceClientChanged }) => serviceClientChanged),
  version: ({ revision }) => BigInt(revision),
  admits: ({ name }) => sort === serviceClientSpec.defaultSort && (q === '' || mentions(q, name)),
});

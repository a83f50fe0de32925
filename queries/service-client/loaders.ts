import type { ServiceClient } from '../../schema/service-client/types';
import { defineLoader, inOrderOf } from '../../src/graphql/loader';
import { compile, sql } from '../../src/graphql/sql';
import { visible } from '../visibility';
import { toServiceClient, type ServiceClientRow } from './sql';

/** Service clients the caller may see, by id; deleted ones too, because history names them. */
export const serviceClientById = defineLoader<string, ServiceClient>('serviceClientById', async (context, ids) => {
  const { text, values } = compile(sql`select * from views.service_clients where ${visible(context, 'clients:read')} and id = any(${ids})`);
  return inOrderOf(ids, (await context.db.query<ServiceClientRow>(text, values)).map(toServiceClient), (client) => client.id);
});

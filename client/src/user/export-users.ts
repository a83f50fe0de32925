import type { Client } from '@urql/core';
import { ask } from '../graphql/client';
import { ofError, type Problem } from '../graphql/problem';
import { download, joinCsv } from '../lib/csv';
import { UserExportDocument, type UserFilter } from './gql/documents';

/** Saves all users of a filter as a file that can be imported again. @returns what kept it from that, if anything */
export async function exportUsers(client: Client, filter: UserFilter): Promise<Problem | undefined> {
  const texts: string[] = [];
  let after: string | undefined;
  do {
    const { data, error } = await ask(client, UserExportDocument, { filter, after });
    if (!data) {
      return error ? ofError(error) : { code: 'E5001' };
    }
    texts.push(data.userExport.csv);
    after = data.userExport.cursor ?? undefined;
  } while (after !== undefined);
  download('users.csv', joinCsv(texts));
  return undefined;
}

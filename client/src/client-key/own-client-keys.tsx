import { useQuery } from 'urql';
import { toNode } from '../graphql/document';
import { useT } from '../i18n/use-t';
import { useSession } from '../setup';
import { ClientKeys } from './client-keys';
import { OwnScopesDocument } from './gql/documents';

/** The keys that somebody made for their own programs. */
export function OwnClientKeys() {
  const t = useT();
  const { viewer } = useSession();
  const [{ data }] = useQuery({ query: toNode(OwnScopesDocument) });
  return <ClientKeys ownerId={viewer.user.id} scopes={data?.ownScopes ?? []} title={<h2>{t('clientKey.own')}</h2>} />;
}

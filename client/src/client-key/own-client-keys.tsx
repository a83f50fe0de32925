import { useAnswer } from '../graphql/use-answer';
import { useT } from '../i18n/use-t';
import { useSession } from '../session';
import { ProblemNotice } from '../ui/problem-notice';
import { ClientKeys } from './client-keys';
import { OwnScopesDocument } from './gql/documents';

/** The keys that somebody made for their own programs. */
export function OwnClientKeys() {
  const t = useT();
  const { viewer } = useSession();
  const { data, problem, refresh } = useAnswer(OwnScopesDocument, {});
  return (
    <>
      {problem && <ProblemNotice problem={problem} onRetry={() => void refresh()} />}
      <ClientKeys ownerId={viewer.user.id} scopes={data?.ownScopes ?? []} title={<h2>{t('clientKey.own')}</h2>} />
    </>
  );
}

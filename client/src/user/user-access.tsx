import { SessionItem } from '../account';
import { useAct } from '../graphql/use-act';
import { useAnswer } from '../graphql/use-answer';
import { useT } from '../i18n/use-t';
import { count } from '../lib/format';
import { Chips } from '../ui/chips';
import { ConfirmButton } from '../ui/confirm-button';
import { Fact, Facts } from '../ui/data-table/peek';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import { StatusPill, type Tone } from '../ui/status-pill';
import { Time } from '../ui/time';
import { RevokeUserSessionsDocument, UserAccessDocument, type ClientKeyState, type UserAccessQuery } from './gql/documents';
import styles from './user-access.module.css';

type Access = Extract<NonNullable<UserAccessQuery['node']>, { usage: object }>;

const tones: Record<ClientKeyState, Tone> = { ACTIVE: 'good', EXPIRED: 'cancelled', REVOKED: 'bad' };

interface UserAccessProps {
  userId: string;
  mayRevoke: boolean;
}

/** What somebody uses the product with: requests of today, open sessions, keys for calling the API. */
export function UserAccess({ userId, mayRevoke }: UserAccessProps) {
  const t = useT();
  const { data, problem, refresh } = useAnswer(UserAccessDocument, { id: userId });
  const again = (): void => void refresh();
  const node = data?.node;
  const notice = problem && <ProblemNotice problem={problem} onRetry={again} />;
  if (!node || !('usage' in node)) {
    return notice ?? <Skeleton rows={4} />;
  }
  return (
    <>
      {notice}
      <Usage usage={node.usage} />
      <Sessions userId={userId} sessions={node.sessions} mayRevoke={mayRevoke} onRevoked={again} />
      <section aria-label={t('user.clientKeys')}>
        <h3>{t('user.clientKeys')}</h3>
        {node.clientKeys.length === 0 ? <p className="muted">{t('user.clientKeys.none')}</p> : (
          <ul className={styles.list}>
            {node.clientKeys.map(({ id, name, lastFour, state, scopes, expiresAt, lastUsedAt }) => (
              <li key={id}>
                <div>
                  <bdi>{name}</bdi> <code>…{lastFour}</code> <StatusPill tone={tones[state]}>{t(`clientKey.state.${state}`)}</StatusPill>
                </div>
                <div className="muted">
                  {t('clientKey.expires')} <Time iso={expiresAt} />
                  {' · '}
                  {lastUsedAt ? <>{t('clientKey.lastUsed')} <Time iso={lastUsedAt} /></> : t('clientKey.neverUsed')}
                </div>
                <Chips items={scopes} />
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

function Usage({ usage: { dailyRequests, dailyLimit, totalRequests } }: Pick<Access, 'usage'>) {
  const t = useT();
  const used = count(dailyRequests, t.language);
  return (
    <Facts>
      <Fact name={t('user.usage.today')}>
        {dailyLimit === null ? t('user.usage.unlimited', { used }) : (
          <>
            {t('user.usage.of', { used, limit: count(dailyLimit, t.language) })}
            <meter className={styles.meter} aria-label={t('user.usage.today')} min={0} max={Math.max(1, dailyLimit)} value={dailyRequests} />
          </>
        )}
      </Fact>
      <Fact name={t('user.usage.total')}>{count(totalRequests, t.language)}</Fact>
    </Facts>
  );
}

interface SessionsProps extends Pick<Access, 'sessions'> {
  userId: string;
  mayRevoke: boolean;
  onRevoked: () => void;
}

function Sessions({ userId, sessions, mayRevoke, onRevoked }: SessionsProps) {
  const t = useT();
  const all = useAct(RevokeUserSessionsDocument, ({ revokeUserSessions }) => revokeUserSessions);

  return (
    <section aria-label={t('user.sessions')}>
      <h3>{t('user.sessions')}</h3>
      {sessions.length === 0 ? <p className="muted">{t('user.sessions.none')}</p> : (
        <ul className={styles.list}>
          {sessions.map((session) => <SessionItem key={session.id} session={session} mayEnd={mayRevoke} onEnded={onRevoked} />)}
        </ul>
      )}
      {mayRevoke && sessions.length > 1 && (
        <ConfirmButton act={t('user.sessions.revokeAll')} effect={t('user.sessions.revokeAll.effect')} busy={all.busy} problems={all.problems}
          onConfirm={() => void all.run({ userId }).then((payload) => payload && onRevoked())} />
      )}
    </section>
  );
}

import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { deviceName } from '../lib/device';
import { ConfirmButton } from '../ui/confirm-button';
import { StatusPill } from '../ui/status-pill';
import { Time } from '../ui/time';
import type { AccountSession } from './account';
import styles from './account-screen.module.css';
import { RevokeOtherSessionsDocument, RevokeSessionDocument } from './gql/documents';

interface SessionsTabProps {
  sessions: readonly AccountSession[];
  onChanged: () => void;
}

/** Where this account is signed in, this place first; the others can be ended. */
export function SessionsTab({ sessions, onChanged }: SessionsTabProps) {
  const t = useT();
  const end = useAct(RevokeSessionDocument, ({ revokeSession }) => revokeSession);
  const endOthers = useAct(RevokeOtherSessionsDocument, ({ revokeOtherSessions }) => revokeOtherSessions);
  const sorted = [...sessions].sort((a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt.localeCompare(a.lastSeenAt));
  const others = sessions.filter(({ current }) => !current).length;

  async function endOne(sessionId: string): Promise<void> {
    if (await end.run({ sessionId })) {
      onChanged();
    }
  }

  async function endAllOthers(): Promise<void> {
    if (await endOthers.run({})) {
      onChanged();
    }
  }

  return (
    <section className={styles.section}>
      {others > 0 && (
        <div>
          <ConfirmButton act={t('sessions.endOthers')} effect={t('sessions.endOthers.effect', { count: others })} busy={endOthers.busy}
            problems={endOthers.problems} onConfirm={() => void endAllOthers()} />
        </div>
      )}
      <ul className={styles.list}>
        {sorted.map(({ id, device, method, address, openedAt, lastSeenAt, current }) => {
          const name = device ? deviceName(device) : t('sessions.unknownDevice');
          return (
            <li key={id} className={styles.item}>
              <div>
                <p className={styles.name}>
                  <span title={device ?? undefined}><bdi>{name}</bdi></span>
                  {current && <StatusPill tone="good">{t('sessions.this')}</StatusPill>}
                </p>
                <p className="muted">
                  {t(`sessions.method.${method}`)}
                  {address && <> · <code>{address}</code></>}
                </p>
                <p className="muted">
                  {t('sessions.openedAt')} <Time iso={openedAt} /> · {t('sessions.lastSeenAt')} <Time iso={lastSeenAt} />
                </p>
              </div>
              {!current && (
                <ConfirmButton act={t('sessions.end')} label={t('sessions.end.of', { device: name })} effect={t('sessions.end.effect')}
                  busy={end.busy} problems={end.problems} onConfirm={() => void endOne(id)} />
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

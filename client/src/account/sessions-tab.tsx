import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { ConfirmButton } from '../ui/confirm-button';
import type { AccountSession } from './account';
import styles from './account-screen.module.css';
import { RevokeOtherSessionsDocument } from './gql/documents';
import { SessionItem } from './session-item';

interface SessionsTabProps {
  sessions: readonly AccountSession[];
  onChanged: () => void;
}

/** Where this account is signed in, this place first; the others can be ended. */
export function SessionsTab({ sessions, onChanged }: SessionsTabProps) {
  const t = useT();
  const endOthers = useAct(RevokeOtherSessionsDocument, ({ revokeOtherSessions }) => revokeOtherSessions);
  const sorted = [...sessions].sort((a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt.localeCompare(a.lastSeenAt));
  const others = sessions.filter(({ current }) => !current).length;

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
        {sorted.map((session) => <SessionItem key={session.id} session={session} mayEnd onEnded={onChanged} />)}
      </ul>
    </section>
  );
}

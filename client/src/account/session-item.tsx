import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { deviceName } from '../lib/device';
import { ConfirmButton } from '../ui/confirm-button';
import { StatusPill } from '../ui/status-pill';
import { Time } from '../ui/time';
import { RevokeSessionDocument, type SessionFieldsFragment } from './gql/documents';
import styles from './session-item.module.css';

interface SessionItemProps {
  session: SessionFieldsFragment;
  /** Whoever looks may end it; the one they look from they end by signing out. */
  mayEnd: boolean;
  onEnded: () => void;
}

/** One place where somebody is signed in, as an item of a list. */
export function SessionItem({ session, mayEnd, onEnded }: SessionItemProps) {
  const { id, device, method, address, openedAt, lastSeenAt, current } = session;
  const t = useT();
  const act = useAct(RevokeSessionDocument, ({ revokeSession }) => revokeSession);
  const name = device ? deviceName(device) : t('sessions.unknownDevice');

  async function end(): Promise<void> {
    if (await act.run({ sessionId: id })) {
      onEnded();
    }
  }

  return (
    <li className={styles.session}>
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
      {mayEnd && !current && (
        <ConfirmButton act={t('sessions.end')} label={t('sessions.end.of', { device: name })} effect={t('sessions.end.effect')}
          busy={act.busy} problems={act.problems} onConfirm={() => void end()} />
      )}
    </li>
  );
}

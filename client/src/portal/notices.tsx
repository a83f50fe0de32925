import { Link } from '@tanstack/react-router';
import { useAnswer } from '../graphql/use-answer';
import { useT } from '../i18n/use-t';
import { useSession } from '../session';
import { PortalUsageDocument } from './gql/documents';
import { noticesOf } from './notice';
import styles from './portal-screen.module.css';
import type { PortalRun } from './runs';
import { Tile } from './tile';

/** What there is to know today, from what the server knows. */
export function Notices({ runs }: { runs: readonly PortalRun[] }) {
  const t = useT();
  const { setup } = useSession();
  const { data } = useAnswer(PortalUsageDocument, {});
  const notices = noticesOf({ usage: data?.viewer?.usage, runs, simulated: setup.simulatedLlm || setup.simulatedLiteLlm });
  return (
    <Tile id="portal-notices" title={t('portal.notices')}>
      {notices.length === 0 && <p className="muted">{t('portal.noNotices')}</p>}
      <ul className={styles.notices}>
        {notices.map((notice) => (
          <li key={notice.kind} data-kind={notice.kind}>
            {notice.kind === 'used-up' && t('rule.daily_limit')}
            {notice.kind === 'nearly-used' && t('portal.nearlyUsed', { count: notice.left })}
            {notice.kind === 'watchable' && (
              <Link to="/runs" search={{ state: 'TIMED_OUT' }}>{t('portal.watchable', { count: notice.runs })}</Link>
            )}
            {notice.kind === 'simulated' && t('simulated.hint')}
          </li>
        ))}
      </ul>
    </Tile>
  );
}

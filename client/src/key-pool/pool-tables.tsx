import { useT } from '../i18n/use-t';
import { duration } from '../lib/format';
import { limitWords } from '../ui/limit-words';
import { Time } from '../ui/time';
import { useSeconds } from '../ui/use-now';
import type { PoolActs } from './acts';
import { GiveUpTicket } from './give-up-ticket';
import { Holder } from './holder';
import { KeyMenu } from './key-menu';
import styles from './key-pools-screen.module.css';
import { KeyState } from './key-state';
import { LeaseButtons } from './lease-buttons';
import { isLate, timeLeft } from './lease-time';
import type { KeyPoolRow } from './list';
import { permitsAt } from './rate-window-permits';
import { TicketReason } from './ticket-reason';

interface PoolTablesProps {
  pool: KeyPoolRow;
  acts: PoolActs;
}

/** The same as the board in three tables: keys, leases, and who waits. */
export function PoolTables({ pool, acts }: PoolTablesProps) {
  const t = useT();
  const now = useSeconds();
  const { provider, keys, leases, queue } = pool;
  return (
    <div className={styles.tables} tabIndex={0} role="group" aria-label={provider}>
      <table>
        <caption>{t('keyPool.table.keys', { provider })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('providerKey.name')}</th>
            <th scope="col">{t('run.state')}</th>
            <th scope="col">{t('providerKey.concurrencyLimit')}</th>
            <th scope="col">{t('providerKey.rpmLimit')}</th>
            <th scope="col">{t('providerKey.priorityLabel')}</th>
            <th scope="col">{t('providerKey.tenantScope')}</th>
            <th scope="col">{t('providerKey.expiresAt')}</th>
            {acts.manage && <th scope="col">{t('keyPool.table.acts')}</th>}
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <th scope="row"><bdi>{key.name}</bdi> <code className="muted">…{key.lastFour}</code></th>
              <td><span className={styles.wrap}><KeyState providerKey={key} /></span></td>
              <td>{t('providerKey.used', { active: key.activeLeases, limit: key.concurrencyLimit })}</td>
              <td>{key.rpmLimit === null ? limitWords(t, null) : t('providerKey.rate', { used: permitsAt(key, now), limit: key.rpmLimit })}</td>
              <td>{key.priority}</td>
              <td>{key.tenantScope}</td>
              <td>{key.expiresAt === null ? t('providerKey.never') : <Time iso={key.expiresAt} />}</td>
              {acts.manage && <td><KeyMenu pool={pool} providerKey={key} manage={acts.manage} /></td>}
            </tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>{t('keyPool.table.leases', { provider })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('lease.holder')}</th>
            <th scope="col">{t('lease.key')}</th>
            <th scope="col">{t('lease.grantedAt')}</th>
            <th scope="col">{t('lease.lastHeartbeat')}</th>
            <th scope="col">{t('lease.timeLeft')}</th>
            <th scope="col">{t('lease.fencingToken')}</th>
            <th scope="col">{t('keyPool.table.acts')}</th>
          </tr>
        </thead>
        <tbody>
          {leases.map((lease) => (
            <tr key={lease.id}>
              <th scope="row"><Holder holder={lease.holder} runId={lease.run?.id} /></th>
              <td><bdi>{lease.providerKey?.name ?? t('providerKey.shared')}</bdi></td>
              <td><Time iso={lease.grantedAt} /></td>
              <td><Time iso={lease.lastHeartbeatAt} />{isLate(lease, now) && ` · ${t('lease.late')}`}</td>
              <td>{duration(timeLeft(lease, now))}</td>
              <td><code>{lease.fencingToken}</code></td>
              <td><LeaseButtons pool={pool} lease={lease} acts={acts} /></td>
            </tr>
          ))}
          {leases.length === 0 && <tr><td colSpan={7} className="muted">{t('keyPool.noLeases')}</td></tr>}
        </tbody>
      </table>
      <table>
        <caption>{t('keyPool.table.queue', { provider })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('ticket.place')}</th>
            <th scope="col">{t('lease.holder')}</th>
            <th scope="col">{t('ticket.reason')}</th>
            <th scope="col">{t('ticket.waitsSince')}</th>
            <th scope="col">{t('ticket.deadline')}</th>
            <th scope="col">{t('keyPool.table.acts')}</th>
          </tr>
        </thead>
        <tbody>
          {queue.map((ticket) => (
            <tr key={ticket.id}>
              <td>{ticket.place}</td>
              <th scope="row"><Holder holder={ticket.holder} /></th>
              <td><span className={styles.wrap}><TicketReason ticket={ticket} /></span></td>
              <td>{duration(Math.max(0, now - Date.parse(ticket.enqueuedAt)))}</td>
              <td><Time iso={ticket.deadline} /></td>
              <td><GiveUpTicket ticket={ticket} /></td>
            </tr>
          ))}
          {queue.length === 0 && <tr><td colSpan={6} className="muted">{t('keyPool.nobodyWaits')}</td></tr>}
        </tbody>
      </table>
    </div>
  );
}

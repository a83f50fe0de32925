import { Link } from '@tanstack/react-router';
import { navigationOf, type Destination } from '../app/navigation';
import { useT, type MessageId } from '../i18n/use-t';
import { useSession } from '../session';
import styles from './portal-screen.module.css';

/** What the tools to make things with are for. */
const about: Partial<Record<Destination['to'], MessageId>> = {
  '/chat/{-$sessionId}': 'portal.about.chat',
  '/create/legnext': 'portal.about.legnext',
  '/create/kling': 'portal.about.kling',
  '/gallery': 'portal.about.gallery',
};

/** The tools that are switched on, each with a line about it; the other places below, by name. */
export function Tools() {
  const t = useT();
  const { viewer } = useSession();
  const places = navigationOf(viewer).flatMap(({ items }) => items).filter(({ to }) => to !== '/home');
  const tools = places.filter(({ to }) => about[to] !== undefined);
  const others = places.filter(({ to }) => about[to] === undefined);
  return (
    <nav aria-label={t('portal.tools')}>
      <ul className={styles.tools}>
        {tools.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Link to={to} className={styles.tool}>
              <Icon size={22} stroke={1.5} aria-hidden />
              <strong>{t(label)}</strong>
              <span className="muted">{t(about[to] ?? label)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <ul className={styles.others}>
          {others.map(({ to, label, icon: Icon }) => (
            <li key={to}><Link to={to}><Icon size={14} stroke={1.75} aria-hidden /> {t(label)}</Link></li>
          ))}
        </ul>
      )}
    </nav>
  );
}

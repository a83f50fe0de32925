import { lazy, Suspense, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { ErrorBoundary } from 'react-error-boundary';
import { expired } from '../graphql/session-expiry';
import { useT } from '../i18n/use-t';
import { productName, useBranding } from '../lib/branding';
import { prefer, preferences } from '../lib/preferences';
import { listenForShortcuts } from '../lib/shortcuts';
import { LivePill } from '../live/live-pill';
import { useMay, useSession } from '../session';
import { announce, Announcer } from '../ui/announcer';
import { Brand } from '../ui/brand';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconMenu2, IconSearch, IconUserCircle } from '../ui/icons';
import { SimulatedBadge } from '../ui/simulated-badge';
import { useShortcuts } from '../ui/use-shortcuts';
import { asError, Forbidden, ScreenFailed } from './error-pages';
import { destinationAt, navigationOf, opens } from './navigation';
import styles from './shell.module.css';

const MyRuns = lazy(() => import('../run/my-runs'));
const Palette = lazy(() => import('./palette'));
const ShortcutSheet = lazy(() => import('./shortcut-sheet'));
const UserMenu = lazy(() => import('./user-menu'));
const SessionEndedDialog = lazy(() => import('../session/session-ended-dialog'));

type Layer = 'palette' | 'shortcuts' | 'user' | undefined;

/** Header, rail and the screen; what opens over them is loaded when first used. */
export function Shell() {
  const t = useT();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { viewer, setup } = useSession();
  const { railCollapsed } = useSyncExternalStore(preferences.subscribe, preferences.get);
  const sessionEnded = useSyncExternalStore(expired.subscribe, expired.get);
  const [layer, setLayer] = useState<Layer>();
  const [railOpen, setRailOpen] = useState(false);
  const branding = useBranding();
  const mayReadRuns = useMay('runs:read');
  const groups = navigationOf(viewer);
  const here = destinationAt(pathname);
  const rights = `${viewer.role} ${viewer.scopes.join()} ${viewer.features.join()}`;
  const heldRights = useRef(rights);

  useEffect(() => {
    if (heldRights.current !== rights) {
      heldRights.current = rights;
      announce(t('session.rightsChanged'));
    }
  }, [rights, t]);

  useEffect(() => listenForShortcuts(), []);
  useShortcuts([
    { id: 'palette', keys: 'mod+k', run: () => setLayer('palette') },
    { id: 'shortcuts', keys: '?', run: () => setLayer('shortcuts') },
    { id: 'rail', keys: '[', run: () => prefer({ railCollapsed: !railCollapsed }) },
    ...groups.flatMap(({ items }) => items)
      .map(({ to, key, label }) => ({ id: label, keys: `g ${key}`, run: () => void navigate({ to }) })),
  ]);

  const close = () => setLayer(undefined);
  const RailIcon = railCollapsed ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  const railLabel = t(railCollapsed ? 'rail.expand' : 'rail.collapse');
  const mac = navigator.platform.startsWith('Mac');

  return (
    <div className={styles.shell} data-collapsed={railCollapsed || undefined}>
      <a href="#main" className={styles.skip}>{t('skip')}</a>
      <header className={styles.header}>
        <button type="button" className={styles.menu} aria-label={t('rail.menu')} aria-expanded={railOpen}
          onClick={() => setRailOpen(!railOpen)}>
          <IconMenu2 size={18} />
        </button>
        <Link to="/" className={styles.brand} aria-label={t('nav.home', { name: branding.pageTitle ?? productName })}>
          <Brand branding={branding} />
        </Link>
        <span className={styles.tenant} title={t('tenant')}><bdi>{viewer.tenant.name}</bdi></span>
        {/* Named by attribute as well: where there is no room, the words are hidden. */}
        <button type="button" className={styles.search} title={t('palette.open')} onClick={() => setLayer('palette')}>
          <IconSearch size={14} aria-hidden />
          <span>{t('palette.open')}</span>
          <kbd>{mac ? '⌘K' : 'Ctrl K'}</kbd>
        </button>
        <div className={styles.side}>
          {(setup.simulatedLlm || setup.simulatedLiteLlm) && <span title={t('simulated.hint')}><SimulatedBadge /></span>}
          <LivePill />
          {mayReadRuns && <Suspense><MyRuns /></Suspense>}
          <button type="button" className={styles.user} aria-label={viewer.user.displayName} aria-haspopup="dialog"
            aria-expanded={layer === 'user'}
            onClick={() => setLayer(layer === 'user' ? undefined : 'user')}>
            <IconUserCircle size={18} stroke={1.75} aria-hidden />
            <span><bdi>{viewer.user.displayName}</bdi></span>
          </button>
        </div>
      </header>
      <nav className={styles.rail} data-open={railOpen || undefined} aria-label={t('nav')}>
        {groups.map(({ label, items }) => (
          <div key={label} className={styles.group}>
            <p>{t(label)}</p>
            <ul>
              {items.map(({ to, label: item, icon: Icon }) => (
                <li key={to}>
                  <Link to={to} className={styles.link} activeProps={{ 'aria-current': 'page' }} title={railCollapsed ? t(item) : undefined}
                    onClick={() => setRailOpen(false)}>
                    <Icon size={16} stroke={1.75} aria-hidden />
                    <span>{t(item)}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
        <button type="button" className={styles.collapse} aria-label={railLabel} title={`${railLabel} [`}
          onClick={() => prefer({ railCollapsed: !railCollapsed })}>
          <RailIcon size={16} stroke={1.75} />
        </button>
      </nav>
      <main id="main" className={styles.main} tabIndex={-1}>
        <ErrorBoundary
          resetKeys={[pathname]}
          fallbackRender={({ error, resetErrorBoundary }) =>
            <ScreenFailed error={asError(error)} onRetry={resetErrorBoundary} />}
        >
          {here && !opens(viewer, here) ? <Forbidden destination={here} /> : <Outlet />}
        </ErrorBoundary>
      </main>
      <Announcer />
      <Suspense>
        {layer === 'palette' && <Palette onClose={close} onShortcuts={() => setLayer('shortcuts')} />}
        {layer === 'shortcuts' && <ShortcutSheet onClose={close} />}
        {layer === 'user' && <UserMenu onClose={close} onShortcuts={() => setLayer('shortcuts')} />}
        {sessionEnded && <SessionEndedDialog />}
      </Suspense>
    </div>
  );
}

import { useMemo, useState } from 'react';
import { TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useT, type MessageId } from '../i18n/use-t';
import type { LiveList } from '../live/live-list';
import { useIds, useLiveList, useRow } from '../live/use-live-list';
import { IconSearch } from '../ui/icons';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import { useNow } from '../ui/use-now';
import { useArrivals } from '../ui/data-table/use-arrivals';
import styles from './chat-screen.module.css';
import { ageOf, type Age } from './age';
import { sessionList, type SessionRow } from './sessions';

const ages: readonly Age[] = ['today', 'yesterday', 'earlier'];
const ageWords: Record<Age, MessageId> = { today: 'chat.today', yesterday: 'chat.yesterday', earlier: 'chat.earlierDays' };

/** One's conversations by day, with search. */
export function SessionList({ current }: { current: string | undefined }) {
  const t = useT();
  const [search, setSearch] = useState('');
  const [hovered, setHovered] = useState(false);
  const { list, state } = useLiveList(useMemo(() => sessionList(search), [search]));
  const ids = useIds(list);
  useArrivals(list, () => hovered);
  const now = useNow();
  const isOf = (age: Age) => (id: string) => ageOf(Date.parse(list.store.get(id)?.updatedAt ?? '') || now, now) === age;

  return (
    <nav className={styles.sessions} aria-label={t('chat.sessions')}
      onPointerEnter={() => setHovered(true)} onPointerLeave={() => setHovered(false)}>
      <TextInput size="xs" aria-label={t('chat.search')} placeholder={t('chat.search')} leftSection={<IconSearch size={14} />}
        value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
      {ids.length === 0 && state.phase === 'loading' && <Skeleton rows={5} />}
      {state.problem && <ProblemNotice problem={state.problem} onRetry={list.reload} />}
      {ids.length === 0 && state.phase === 'ready' && <p className="muted">{t(search === '' ? 'chat.noSessions' : 'table.noMatch')}</p>}
      <div className={styles.days}>
        {ages.map((age) => {
          const group = ids.filter(isOf(age));
          return group.length > 0 && (
            <section key={age} aria-label={t(ageWords[age])}>
              <h2>{t(ageWords[age])}</h2>
              <ul>{group.map((id) => <SessionLink key={id} list={list} id={id} current={id === current} />)}</ul>
            </section>
          );
        })}
        {state.more && <button type="button" className={styles.more} onClick={list.loadMore}>{t('chat.moreSessions')}</button>}
      </div>
    </nav>
  );
}

function SessionLink({ list, id, current }: { list: LiveList<SessionRow>; id: string; current: boolean }) {
  const session = useRow(list, id);
  return (
    <li>
      <Link to="/chat/{-$sessionId}" params={{ sessionId: id }} className={styles.session} aria-current={current ? 'page' : undefined}
        title={session?.title}>
        <bdi>{session?.title}</bdi>
      </Link>
    </li>
  );
}

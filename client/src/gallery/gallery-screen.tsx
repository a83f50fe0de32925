import { lazy, Suspense, useMemo, useState } from 'react';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { generationList, lightboxItems, type LightboxItem } from '../generation';
import { useT } from '../i18n/use-t';
import { hasFeature } from '../lib/permissions';
import { useIds, useLiveList } from '../live/use-live-list';
import { useMay, useSession } from '../session';
import { useArrivals } from '../ui/data-table/use-arrivals';
import { useTypedSearch } from '../ui/data-table/use-typed-search';
import { Empty } from '../ui/empty';
import { IconSearch } from '../ui/icons';
import { Page } from '../ui/page';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import styles from './gallery-screen.module.css';
import { PromptLine } from './prompt-line';
import { Tiles } from './tiles';
import { UnderWay } from './under-way';

const Lightbox = lazy(() => import('../generation/lightbox'));

const PAGE = 40;
const kinds = ['IMAGE', 'VIDEO'] as const;

const call = `query {
  runs(filter: { kind: [IMAGE, VIDEO], state: [SUCCEEDED] }) {
    nodes { prompt outputs { url thumbnailUrl } }
  }
}`;

interface GallerySearch {
  q?: string;
  kind?: string;
  by?: string;
}

/** Everything that was made, to look at; with one line on top to make more. */
export default function GalleryScreen() {
  const t = useT();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as GallerySearch;
  const { q = '', by } = search;
  const kind = kinds.find((one) => one === search.kind);
  const { viewer } = useSession();
  const mayMake = useMay('runs:write');
  const seesOthers = useMay('runs:read', 'tenant');
  const mine = by === 'me' || !seesOthers;
  const { list, state } = useLiveList(useMemo(() => generationList({
    kinds: kind && [kind], states: ['SUCCEEDED'], search: q, requestedBy: mine ? viewer.user.id : undefined, pageSize: PAGE,
  }), [kind, q, mine, viewer.user.id]));
  const ids = useIds(list);
  const [hovered, setHovered] = useState(false);
  const [open, setOpen] = useState<{ items: readonly LightboxItem[]; at: number }>();
  const scrolled = () => (document.getElementById('main')?.scrollTop ?? 0) > 0;
  const { waiting, show } = useArrivals(list, () => hovered || open !== undefined || scrolled());
  const look = (outputId: string) => {
    const items = lightboxItems(ids.map(list.store.get).filter((run) => run !== undefined));
    setOpen({ items, at: items.findIndex(({ output }) => output.id === outputId) });
  };
  // Built on where one is by then: what was chosen a moment before may still be on its way.
  const filter = (change: GallerySearch) => void navigate({ to: '.', search: (previous) => ({ ...previous, ...change }), replace: true });
  const { input, type } = useTypedSearch(q, (text) => filter({ q: text || undefined }));
  const filtered = q !== '' || kind !== undefined || by !== undefined;

  return (
    <Page title={t('nav.gallery')}>
      <div className={styles.gallery}>
        {mayMake && hasFeature(viewer, 'LEGNEXT') && <PromptLine />}
        {mayMake && <UnderWay />}
        <div className={styles.filters}>
          <TextInput ref={input} className={styles.search} size="xs" type="search" aria-label={t('run.search')} placeholder={t('run.search')}
            defaultValue={q} leftSection={<IconSearch size={14} />} onChange={type} />
          <NativeSelect size="xs" aria-label={t('run.kind')} value={kind ?? ''}
            data={[{ value: '', label: t('gallery.allKinds') }, ...kinds.map((value) => ({ value, label: t(`gallery.kind.${value}`) }))]}
            onChange={(event) => filter({ kind: event.currentTarget.value || undefined })} />
          {seesOthers && (
            <NativeSelect size="xs" aria-label={t('run.requestedBy')} value={by === 'me' ? 'me' : ''}
              data={[{ value: '', label: t('gallery.everybody') }, { value: 'me', label: t('gallery.mine') }]}
              onChange={(event) => filter({ by: event.currentTarget.value || undefined })} />
          )}
          {waiting > 0 && <Button size="xs" variant="default" onClick={show}>{t('gallery.new', { count: waiting })}</Button>}
        </div>
        {state.problem && <ProblemNotice problem={state.problem} onRetry={list.reload} />}
        {ids.length === 0 && state.phase === 'loading' && <Skeleton rows={4} height={140} />}
        {ids.length === 0 && state.phase === 'ready' && (filtered
          ? <Empty title={t('table.noMatch')}>{t('table.noMatchHint')}</Empty>
          : (
            <Empty title={t('gallery.empty')} call={call} action={hasFeature(viewer, 'KLING') && mayMake
              ? <Link to="/create/kling" search={{}}>{t('nav.kling')}</Link> : undefined}>
              {t('gallery.emptyHint')}
            </Empty>
          ))}
        <div onPointerEnter={() => setHovered(true)} onPointerLeave={() => setHovered(false)}>
          <Tiles list={list} onOpen={look} />
        </div>
        {state.more && <Button variant="default" loading={state.fetching} onClick={list.loadMore}>{t('chat.moreSessions')}</Button>}
        <Suspense>
          {open && <Lightbox {...open} onMove={(at) => setOpen({ ...open, at })} onClose={() => setOpen(undefined)} />}
        </Suspense>
      </div>
    </Page>
  );
}

import { lazy, Suspense, useState } from 'react';
import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { useIds, useLiveList } from '../live/use-live-list';
import { useMay } from '../session';
import { Empty } from '../ui/empty';
import { IconPlus } from '../ui/icons';
import { Page } from '../ui/page';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import { useShortcuts } from '../ui/use-shortcuts';
import styles from './key-pools-screen.module.css';
import { keyPoolList } from './list';
import { Pool } from './pool';

const AddKeyDialog = lazy(() => import('./add-key-dialog'));
const LeaseDialog = lazy(() => import('./lease-dialog'));

const addCall = `mutation {
  addProviderKey(input: { provider: "openai", name: "main", secret: "…", concurrencyLimit: 4 }) {
    keyPool { provider capacity }
    errors { code message }
  }
}`;

type Layer = { kind: 'add'; provider?: string } | { kind: 'lease'; provider: string } | undefined;

/** The live queue: every pool with its keys, who holds them and who waits, in order. */
export default function KeyPoolsScreen() {
  const t = useT();
  const { list, state } = useLiveList(keyPoolList);
  const ids = useIds(list);
  const mayManage = useMay('pools:write');
  const [layer, setLayer] = useState<Layer>();
  const add = mayManage && (
    <Button size="xs" leftSection={<IconPlus size={14} />} onClick={() => setLayer({ kind: 'add' })}>{t('keyPool.addKey')}</Button>
  );
  useShortcuts(mayManage ? [{ id: 'create', keys: 'c', run: () => setLayer({ kind: 'add' }) }] : []);

  return (
    <Page title={t('nav.keyPools')} actions={add}>
      {ids.length === 0 && state.phase === 'loading' && <Skeleton rows={6} height={48} />}
      {state.problem && <ProblemNotice problem={state.problem} onRetry={list.reload} />}
      {ids.length === 0 && state.phase === 'ready' && (
        <Empty title={t('keyPool.empty')} action={add} call={addCall}>{t('keyPool.emptyHint')}</Empty>
      )}
      <div className={styles.pools}>
        {ids.map((id) => (
          <Pool
            key={id}
            list={list}
            id={id}
            onAddKey={(provider) => setLayer({ kind: 'add', provider })}
            onLease={(provider) => setLayer({ kind: 'lease', provider })}
          />
        ))}
      </div>
      {state.more && <Button size="xs" variant="default" loading={state.fetching} onClick={list.loadMore}>{t('keyPool.more')}</Button>}
      <Suspense>
        {layer?.kind === 'add' && <AddKeyDialog provider={layer.provider} onClose={() => setLayer(undefined)} onAdded={list.store.push} />}
        {layer?.kind === 'lease' && <LeaseDialog list={list} provider={layer.provider} onClose={() => setLayer(undefined)} />}
      </Suspense>
    </Page>
  );
}

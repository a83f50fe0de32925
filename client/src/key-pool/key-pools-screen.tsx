import { lazy, Suspense, useState } from 'react';
import { Button } from '@mantine/core';
import { Link, useSearch } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { useIds, useLiveList, useRow } from '../live/use-live-list';
import type { LiveList } from '../live/live-list';
import { useMay } from '../session';
import { Empty } from '../ui/empty';
import { Problems } from '../ui/form-problems';
import { IconPlus } from '../ui/icons';
import { Page } from '../ui/page';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import { useShortcuts } from '../ui/use-shortcuts';
import type { KeyDialogKind, PoolActs } from './acts';
import type { KeyDialogProps } from './key-dialog';
import styles from './key-pools-screen.module.css';
import { keyPoolList, type KeyPoolRow, type LeaseRow } from './list';
import { Pool } from './pool';
import { useKeySwitch } from './use-key-switch';

const AddKeyDialog = lazy(() => import('./add-key-dialog'));
const LeaseDialog = lazy(() => import('./lease-dialog'));
const RevokeLeaseDialog = lazy(() => import('./revoke-lease-dialog'));
const KeyDialogs = {
  'change': lazy(() => import('./change-key-dialog')),
  'rotate': lazy(() => import('./rotate-key-dialog')),
  'cool-down': lazy(() => import('./cool-down-dialog')),
  'remove': lazy(() => import('./remove-key-dialog')),
};

const addCall = `mutation {
  addProviderKey(input: { provider: "openai", name: "main", secret: "…", concurrencyLimit: 4 }) {
    keyPool { provider capacity }
    errors { code message }
  }
}`;

type Layer =
  | { kind: 'add'; provider?: string }
  | { kind: 'lease'; provider: string }
  | { kind: 'revoke'; pool: KeyPoolRow; lease: LeaseRow }
  | { kind: KeyDialogKind; poolId: string; keyId: string }
  | undefined;

/** The live lease board: every pool with its keys, who holds them and who waits, in order. */
export default function KeyPoolsScreen() {
  const t = useT();
  const { list, state } = useLiveList(keyPoolList);
  const ids = useIds(list);
  const mayLease = useMay('leases:write');
  const mayManage = useMay('pools:write');
  const { view } = useSearch({ strict: false });
  const [layer, setLayer] = useState<Layer>();
  const keySwitch = useKeySwitch(list.store.push);
  const plain = view === 'table';
  const close = (): void => setLayer(undefined);
  const add = mayManage && (
    <Button size="xs" leftSection={<IconPlus size={14} />} onClick={() => setLayer({ kind: 'add' })}>{t('keyPool.addKey')}</Button>
  );
  useShortcuts(mayManage ? [{ id: 'create', keys: 'c', run: () => setLayer({ kind: 'add' }) }] : []);

  const acts: PoolActs = {
    onChanged: list.store.push,
    lease: mayLease ? ({ provider }) => setLayer({ kind: 'lease', provider }) : undefined,
    manage: mayManage ? {
      addKey: ({ provider }) => setLayer({ kind: 'add', provider }),
      open: (kind, pool, key) => setLayer({ kind, poolId: pool.id, keyId: key.id }),
      switchOff: (key) => void keySwitch.switchOff(key),
      switchOn: (key) => void keySwitch.switchOn(key),
      recover: (key) => void keySwitch.recover(key),
      revoke: (pool, lease) => setLayer({ kind: 'revoke', pool, lease }),
    } : undefined,
  };

  return (
    <Page
      title={t('nav.keyPools')}
      actions={(
        <>
          <Button size="xs" variant="default"
            renderRoot={(props) => <Link to="/key-pools" search={{ view: plain ? undefined : 'table' }} replace {...props} />}>
            {t(plain ? 'keyPool.asBoard' : 'keyPool.asTable')}
          </Button>
          {add}
        </>
      )}
    >
      {ids.length === 0 && state.phase === 'loading' && <Skeleton rows={6} height={48} />}
      {state.problem && <ProblemNotice problem={state.problem} onRetry={list.reload} />}
      {ids.length === 0 && state.phase === 'ready' && (
        <Empty title={t('keyPool.empty')} action={add} call={addCall}>{t('keyPool.emptyHint')}</Empty>
      )}
      <Problems problems={keySwitch.problems} />
      <div className={styles.pools}>
        {ids.map((id) => <Pool key={id} list={list} id={id} plain={plain} acts={acts} />)}
      </div>
      {state.more && <Button size="xs" variant="default" loading={state.fetching} onClick={list.loadMore}>{t('keyPool.more')}</Button>}
      <div role="status" className={styles.undo}>
        {keySwitch.undoable && (
          <p>
            {t('providerKey.deactivated', { name: keySwitch.undoable.name })}
            <Button size="compact-xs" variant="default" loading={keySwitch.busy}
              onClick={() => keySwitch.undoable && void keySwitch.switchOn(keySwitch.undoable)}>{t('form.undo')}</Button>
          </p>
        )}
      </div>
      <Suspense>
        {layer?.kind === 'add' && <AddKeyDialog provider={layer.provider} onClose={close} onAdded={list.store.push} />}
        {layer?.kind === 'lease' && <LeaseDialog list={list} provider={layer.provider} onClose={close} />}
        {layer?.kind === 'revoke' && (
          <RevokeLeaseDialog pool={layer.pool} lease={layer.lease} onChanged={list.store.push} onClose={close} />
        )}
        {layer && 'keyId' in layer && <KeyLayer list={list} {...layer} onClose={close} />}
      </Suspense>
    </Page>
  );
}

interface KeyLayerProps extends Pick<KeyDialogProps, 'onClose'> {
  list: LiveList<KeyPoolRow>;
  kind: KeyDialogKind;
  poolId: string;
  keyId: string;
}

/** A dialog about a key as it is now, also when that changes while it is open. */
function KeyLayer({ list, kind, poolId, keyId, onClose }: KeyLayerProps) {
  const pool = useRow(list, poolId);
  const providerKey = pool?.keys.find(({ id }) => id === keyId);
  const KeyDialog = KeyDialogs[kind];
  return pool && providerKey && <KeyDialog pool={pool} providerKey={providerKey} onChanged={list.store.push} onClose={onClose} />;
}

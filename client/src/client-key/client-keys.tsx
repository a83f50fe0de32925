import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';
import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { count } from '../lib/format';
import type { LiveList } from '../live/live-list';
import { useIds, useLiveList, useRow } from '../live/use-live-list';
import { useMay } from '../session';
import { Empty } from '../ui/empty';
import { IconPlus } from '../ui/icons';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import { StatusPill, type Tone } from '../ui/status-pill';
import { Time } from '../ui/time';
import styles from './client-keys.module.css';
import type { ClientKeyState, IssueClientKeyMutation } from './gql/documents';
import { clientKeysOf, type ClientKeyRow } from './list';
import type { ScopeOption } from './scope-picker';
import { useFreshUses } from './use-fresh-uses';

const LostSecretDialog = lazy(() => import('../ui/lost-secret-dialog'));
const SecretDialog = lazy(() => import('../ui/secret-dialog'));
const IssueClientKeyDialog = lazy(() => import('./issue-client-key-dialog'));
const RevokeClientKeyDialog = lazy(() => import('./revoke-client-key-dialog'));

interface ClientKeysProps {
  /** Whose keys: a person or a service client. */
  ownerId: string;
  /** Set where the owner is a service client. */
  clientId?: string;
  /** What a new key may be given. */
  scopes: readonly ScopeOption[];
  title: ReactNode;
}

type Layer =
  | { kind: 'issue' }
  | { kind: 'secret'; secret: string; name: string }
  | { kind: 'lost'; name: string }
  | { kind: 'revoke'; clientKey: ClientKeyRow }
  | undefined;

const tones: Record<ClientKeyState, Tone> = { ACTIVE: 'good', EXPIRED: 'waiting', REVOKED: 'cancelled' };

const issueCall = `mutation {
  issueClientKey(input: { name: "nightly-report", expiresInDays: 90 }) {
    secret   # shown once
    clientKey { id expiresAt }
    errors { code message }
  }
}`;

/** How a program uses a key, with `SECRET` in its place. */
export const keyUsage = (origin: string): string => `curl "${origin}/graphql" \\
  -H "X-API-Key: SECRET" \\
  -H "Content-Type: application/json" \\
  -d '{"query": "{ caller { kind scopes } }"}'`;

/** The keys of one owner, with their uses as they are counted; issue and revoke. */
export function ClientKeys({ ownerId, clientId, scopes, title }: ClientKeysProps) {
  const t = useT();
  const source = useMemo(() => clientKeysOf(ownerId), [ownerId]);
  const { list, state } = useLiveList(source);
  useFreshUses(list, source);
  const ids = useIds(list);
  const mayWrite = useMay('clients:write');
  const [layer, setLayer] = useState<Layer>();
  const close = () => setLayer(undefined);
  const askToRevoke = (clientKey: ClientKeyRow) => setLayer({ kind: 'revoke', clientKey });
  const issue = mayWrite && (
    <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => setLayer({ kind: 'issue' })}>
      {t('clientKey.issue')}
    </Button>
  );

  function issued({ secret, clientKey }: IssueClientKeyMutation['issueClientKey'], name: string): void {
    if (clientKey) {
      list.store.push(clientKey);
    }
    // Without a secret, the same request was answered before, and that answer was lost.
    setLayer(secret ? { kind: 'secret', secret, name } : { kind: 'lost', name });
  }

  return (
    <section className={styles.keys}>
      <header>
        {title}
        {ids.length > 0 && issue}
      </header>
      {ids.length === 0 && state.phase === 'loading' && <Skeleton rows={3} height={32} />}
      {state.problem && <ProblemNotice problem={state.problem} onRetry={list.reload} />}
      {ids.length === 0 && state.phase === 'ready' && (
        <Empty title={t('clientKey.empty')} action={issue} call={issueCall}>{t('clientKey.emptyHint')}</Empty>
      )}
      {ids.length > 0 && (
        <ul>{ids.map((id) => <Key key={id} list={list} id={id} onRevoke={mayWrite ? askToRevoke : undefined} />)}</ul>
      )}
      {state.more && <Button size="xs" variant="default" loading={state.fetching} onClick={list.loadMore}>{t('clientKey.more')}</Button>}
      <Suspense>
        {layer?.kind === 'issue' && <IssueClientKeyDialog clientId={clientId} scopes={scopes} onClose={close} onIssued={issued} />}
        {layer?.kind === 'secret' && (
          <SecretDialog
            title={t('clientKey.issued', { name: layer.name })}
            secret={layer.secret}
            usage={keyUsage(window.location.origin)}
            onStored={close}
          />
        )}
        {layer?.kind === 'lost' && (
          <LostSecretDialog title={t('clientKey.issued', { name: layer.name })} next={t('clientKey.lost')} onClose={close} />
        )}
        {layer?.kind === 'revoke' && (
          <RevokeClientKeyDialog clientKey={layer.clientKey} onClose={close} onRevoked={list.store.push} />
        )}
      </Suspense>
    </section>
  );
}

interface KeyProps {
  list: LiveList<ClientKeyRow>;
  id: string;
  onRevoke?: (clientKey: ClientKeyRow) => void;
}

function Key({ list, id, onRevoke }: KeyProps) {
  const t = useT();
  const key = useRow(list, id);
  if (!key) {
    return null;
  }
  const { name, lastFour, state, scopes, useCount, lastUsedAt, expiresAt } = key;
  return (
    <li className={styles.key}>
      <div className={styles.line}>
        <strong><bdi>{name}</bdi></strong>
        <code>…{lastFour}</code>
        <StatusPill tone={tones[state]}>{t(`clientKey.state.${state}`)}</StatusPill>
        {onRevoke && state === 'ACTIVE' && (
          <Button className={styles.act} size="compact-xs" variant="default" aria-label={t('clientKey.revoke.title', { name })}
            onClick={() => onRevoke(key)}>
            {t('clientKey.revoke')}
          </Button>
        )}
      </div>
      <p className="muted">
        {t('clientKey.uses', { count: useCount, total: count(useCount, t.language) })}
        {' · '}
        {lastUsedAt === null ? t('clientKey.neverUsed') : <>{t('clientKey.lastUsed')} <Time iso={lastUsedAt} /></>}
        {state !== 'REVOKED' && <> · {t(state === 'EXPIRED' ? 'clientKey.expired' : 'clientKey.expires')} <Time iso={expiresAt} /></>}
      </p>
      <p className={styles.scopes}>{scopes.map((scope) => <code key={scope}>{scope}</code>)}</p>
    </li>
  );
}

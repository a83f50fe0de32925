import { Link } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { keyOf } from '../lib/global-id';
import { useMay } from '../session';
import { CopyButton } from '../ui/copy-button';
import { Fact, Facts } from '../ui/data-table/peek';
import { limitWords } from '../ui/limit-words';
import { SimulatedBadge } from '../ui/simulated-badge';
import { Time } from '../ui/time';
import { budgetWords, KeyStatePill, modelWords } from './columns';
import styles from './virtual-key-peek.module.css';
import type { VirtualKeyRow } from './list';

/** One virtual key: whose, what it may, and how far LiteLLM has confirmed it. */
export function VirtualKeyPeek({ virtualKey }: { virtualKey: VirtualKeyRow }) {
  const t = useT();
  const mayReadLedger = useMay('audit:read');
  const mayReadUsers = useMay('users:read', 'tenant');
  const { id, lastFour, owner, models, state, failure, simulated, createdAt, updatedAt } = virtualKey;
  const { rpmLimit, tpmLimit, maxParallelRequests, expiresAt } = virtualKey;
  const ownerName = <bdi>{owner.displayName}</bdi>;
  return (
    <>
      {failure && <p className={styles.failure} role="alert">{failure}</p>}
      <Facts>
        <Fact name={t('virtualKey.state')}><KeyStatePill state={state} t={t} /> {simulated && <SimulatedBadge />}</Fact>
        <Fact name={t('virtualKey.lastFour')}><code>…{lastFour}</code></Fact>
        <Fact name={t('virtualKey.owner')}>
          {mayReadUsers ? <Link to="/users" search={{ peek: owner.id }}>{ownerName}</Link> : ownerName}
        </Fact>
        <Fact name={t('virtualKey.models')}>{modelWords(t, models)}</Fact>
        <Fact name={t('virtualKey.maxBudget')}>{budgetWords(t, virtualKey)}</Fact>
        <Fact name={t('virtualKey.rpmLimit')}>{limitWords(t, rpmLimit)}</Fact>
        <Fact name={t('virtualKey.tpmLimit')}>{limitWords(t, tpmLimit)}</Fact>
        <Fact name={t('virtualKey.maxParallelRequests')}>{limitWords(t, maxParallelRequests)}</Fact>
        <Fact name={t('virtualKey.expiresAt')}>{expiresAt === null ? t('virtualKey.never') : <Time iso={expiresAt} />}</Fact>
        <Fact name={t('virtualKey.createdAt')}><Time iso={createdAt} /></Fact>
        <Fact name={t('virtualKey.updatedAt')}><Time iso={updatedAt} /></Fact>
        <Fact name={t('id.plain')}><code>{keyOf(id)}</code> <CopyButton text={keyOf(id)} label={t('id.plain')} /></Fact>
        <Fact name={t('id.api')}><code>{id}</code> <CopyButton text={id} label={t('id.api')} /></Fact>
      </Facts>
      {mayReadLedger && <p><Link to="/audit-log" search={{ subject: keyOf(id) }}>{t('history.link')}</Link></p>}
    </>
  );
}

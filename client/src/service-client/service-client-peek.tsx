import { lazy, Suspense, useState } from 'react';
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { ClientKeys, scopeWords } from '../client-key';
import { useT } from '../i18n/use-t';
import { keyOf } from '../lib/global-id';
import { useMay } from '../session';
import { CopyButton } from '../ui/copy-button';
import { Fact, Facts } from '../ui/data-table/peek';
import { Time } from '../ui/time';
import type { ServiceClientRow } from './list';
import styles from './service-client-peek.module.css';

const DeleteServiceClientDialog = lazy(() => import('./delete-service-client-dialog'));
const ServiceClientDialog = lazy(() => import('./service-client-dialog'));

interface ServiceClientPeekProps {
  serviceClient: ServiceClientRow;
  onChanged: (serviceClient: ServiceClientRow) => void;
  onDeleted: () => void;
}

/** One service client: what it may, in sentences, its keys, and the acts on it. */
export function ServiceClientPeek({ serviceClient, onChanged, onDeleted }: ServiceClientPeekProps) {
  const t = useT();
  const mayWrite = useMay('clients:write', 'tenant');
  const mayReadLedger = useMay('audit:read');
  const [layer, setLayer] = useState<'edit' | 'delete'>();
  const { id, scopes, createdAt, updatedAt } = serviceClient;
  const close = () => setLayer(undefined);
  // The catalog has words for every scope.
  const options = scopes.map((scope) => ({ scope, about: scope }));

  return (
    <>
      <section>
        <h3>{t('serviceClient.may')}</h3>
        {scopes.length === 0 ? <p className="muted">{t('scopes.noneAtAll')}</p> : (
          <ul className={styles.scopes}>
            {options.map((option) => <li key={option.scope}>{scopeWords(t, option)} <code>{option.scope}</code></li>)}
          </ul>
        )}
      </section>
      <ClientKeys ownerId={id} clientId={id} scopes={options} title={<h3>{t('clientKey.list')}</h3>} />
      <Facts>
        <Fact name={t('serviceClient.createdAt')}><Time iso={createdAt} /></Fact>
        <Fact name={t('serviceClient.updatedAt')}><Time iso={updatedAt} /></Fact>
        <Fact name={t('id.plain')}><code>{keyOf(id)}</code> <CopyButton text={keyOf(id)} label={t('id.plain')} /></Fact>
        <Fact name={t('id.api')}><code>{id}</code> <CopyButton text={id} label={t('id.api')} /></Fact>
      </Facts>
      {mayReadLedger && <p><Link to="/audit-log" search={{ actor: keyOf(id) }}>{t('serviceClient.acts')}</Link></p>}
      {mayWrite && (
        <div className={styles.acts}>
          <Button size="xs" variant="default" onClick={() => setLayer('edit')}>{t('serviceClient.edit')}</Button>
          <Button size="xs" color="red" variant="outline" onClick={() => setLayer('delete')}>{t('serviceClient.delete')}</Button>
        </div>
      )}
      <Suspense>
        {layer === 'edit' && <ServiceClientDialog serviceClient={serviceClient} onClose={close} onSaved={onChanged} />}
        {layer === 'delete' && <DeleteServiceClientDialog serviceClient={serviceClient} onClose={close} onDeleted={onDeleted} />}
      </Suspense>
    </>
  );
}

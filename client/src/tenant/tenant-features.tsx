import { useT } from '../i18n/use-t';
import type { Feature } from '../lib/permissions';
import { StatusPill } from '../ui/status-pill';
import styles from './tenant-screen.module.css';

/** Which parts of the product a tenant has. */
export function TenantFeatures({ features }: { features: readonly Feature[] }) {
  const t = useT();
  return (
    <section className={styles.features} aria-labelledby="features">
      <h2 id="features">{t('tenant.features')}</h2>
      {features.length === 0
        ? <p className="muted">{t('tenant.noFeatures')}</p>
        : <ul>{features.map((feature) => <li key={feature}><StatusPill tone="good">{t(`feature.${feature}`)}</StatusPill></li>)}</ul>}
    </section>
  );
}

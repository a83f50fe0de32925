import { productName, type Branding } from '../lib/branding';
import styles from './brand.module.css';

/** Mark and name: the tenant's where it has its own, else the product's. */
export function Brand({ branding }: { branding?: Pick<Branding, 'pageTitle' | 'logoUrl'> }) {
  return (
    <span className={styles.brand}>
      {branding?.logoUrl ? <img className={styles.logo} src={branding.logoUrl} alt="" /> : (
        <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden>
          <rect width="32" height="32" rx="7" fill="var(--kl-accent-fill)" />
          <path d="M9 8v16M9 16h5l8-8M14 16l8 8" fill="none" stroke="var(--kl-on-fill)" strokeWidth="3"
            strokeLinecap="round" strokeLinejoin="round" />
        </svg>
      )}
      <span className={styles.name}><bdi>{branding?.pageTitle ?? productName}</bdi></span>
    </span>
  );
}

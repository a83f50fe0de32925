import { useT } from '../i18n/use-t';
import { tabTitle, type Branding } from '../lib/branding';
import { Brand } from '../ui/brand';
import { IconUserCircle, IconX } from '../ui/icons';
import styles from './branding-preview.module.css';

interface BrandingPreviewProps {
  name: string;
  branding: Branding;
  userName: string;
}

/** How header and browser tab will look, while it is being typed. */
export function BrandingPreview({ name, branding, userName }: BrandingPreviewProps) {
  const t = useT();
  return (
    <figure className={styles.preview} aria-label={t('branding.preview')}>
      <div className={styles.tab}>
        <img src="/favicon.svg" alt="" width={16} height={16} />
        <span>{tabTitle(t('nav.overview'), branding)}</span>
        <IconX size={12} aria-hidden />
      </div>
      <div className={styles.header}>
        <Brand branding={branding} />
        <span className={styles.tenant}><bdi>{name}</bdi></span>
        <span className={styles.user}><IconUserCircle size={16} aria-hidden /> <bdi>{userName}</bdi></span>
      </div>
      <figcaption className="muted">{t('branding.preview.hint')}</figcaption>
    </figure>
  );
}

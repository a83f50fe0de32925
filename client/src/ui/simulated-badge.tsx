import { useT } from '../i18n/use-t';
import { StatusPill } from './status-pill';

/** Says that what it stands beside was answered by a stand-in, not by the vendor. */
export function SimulatedBadge() {
  const t = useT();
  return <StatusPill tone="simulated">{t('simulated.badge')}</StatusPill>;
}

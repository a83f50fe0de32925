import { useT } from '../i18n/use-t';
import type { Scenario } from './gql/documents';
import styles from './screen.module.css';

/** Says all over the page that no vendor is asked, as long as a scenario is chosen. */
export function SimulatedRibbon({ scenario }: { scenario: Scenario | null }) {
  const t = useT();
  return scenario !== null && (
    <p className={styles.ribbon} role="status">{t('generation.simulated', { scenario: t(`scenario.${scenario}`) })}</p>
  );
}

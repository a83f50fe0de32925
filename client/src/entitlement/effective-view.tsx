import { useT } from '../i18n/use-t';
import { Fact, Facts } from '../ui/data-table/peek';
import styles from './entitlement.module.css';
import { grantKinds, originsOf, type EffectiveGrants } from './grants';
import { grantWords } from './words';

/** What somebody has in the end, and by whom each was granted. */
export function EffectiveView({ grants }: { grants: EffectiveGrants }) {
  const t = useT();
  return (
    <Facts>
      {grantKinds.map((kind) => (
        <Fact key={kind} name={t(`entitlement.${kind}`)}>
          {grants[kind].length === 0 ? <span className="muted">{t('entitlement.none')}</span> : (
            <ul className={styles.grants}>
              {grants[kind].map((name) => (
                <li key={name}>
                  <bdi>{grantWords(t, kind, name)}</bdi>
                  <span className="muted"> {originsOf(grants, kind, name).map((origin) => t(`entitlement.origin.${origin}`)).join(', ')}</span>
                </li>
              ))}
            </ul>
          )}
        </Fact>
      ))}
    </Facts>
  );
}

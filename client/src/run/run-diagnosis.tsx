import { useT } from '../i18n/use-t';
import { StatusPill } from '../ui/status-pill';
import styles from './run-detail.module.css';
import type { RunDetail } from './run-detail';

/** Why a run failed, what likely caused it and what to do. */
export function RunDiagnosis({ diagnosis }: { diagnosis: NonNullable<RunDetail['diagnosis']> }) {
  const t = useT();
  const { category, summary, likelyCauses, recommendedFixes, nextChecks, model } = diagnosis;
  const lists = [
    { title: t('diagnosis.causes'), items: likelyCauses },
    { title: t('diagnosis.fixes'), items: recommendedFixes },
    { title: t('diagnosis.checks'), items: nextChecks },
  ];
  return (
    <div className={styles.diagnosis}>
      <p><StatusPill tone="bad">{t(`failureCategory.${category}`)}</StatusPill></p>
      <p><bdi>{summary}</bdi></p>
      {lists.filter(({ items }) => items.length > 0).map(({ title, items }) => (
        <section key={title}>
          <h2>{title}</h2>
          <ul>{items.map((item) => <li key={item}><bdi>{item}</bdi></li>)}</ul>
        </section>
      ))}
      <p className="muted">{model === null ? t('diagnosis.byCategory') : t('diagnosis.byModel', { model })}</p>
    </div>
  );
}

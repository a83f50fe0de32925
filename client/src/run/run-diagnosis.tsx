import { useT } from '../i18n/use-t';
import { saidBeside } from '../lib/said-beside';
import styles from './run-detail.module.css';
import type { RunDetail } from './run-detail';

/** What likely caused a failure and what to do; that it failed, and how, `RunFailure` says. */
export function RunDiagnosis({ diagnosis, failure }: { diagnosis: NonNullable<RunDetail['diagnosis']> } & Pick<RunDetail, 'failure'>) {
  const t = useT();
  const { category, summary, likelyCauses, recommendedFixes, nextChecks, model } = diagnosis;
  const isNews = summary !== failure && saidBeside(t(`failureCategory.${category}`), [failure, summary]).includes(summary);
  const lists = [
    { title: t('diagnosis.causes'), items: likelyCauses },
    { title: t('diagnosis.fixes'), items: recommendedFixes },
    { title: t('diagnosis.checks'), items: nextChecks },
  ];
  return (
    <div className={styles.diagnosis}>
      {isNews && <p><bdi>{summary}</bdi></p>}
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

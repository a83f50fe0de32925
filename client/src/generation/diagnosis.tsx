import { useT } from '../i18n/use-t';
import { saidBeside } from '../lib/said-beside';
import type { GenerationRow } from './generations';
import styles from './diagnosis.module.css';

type Failed = Pick<GenerationRow, 'state' | 'diagnosis' | 'failure' | 'failureCode' | 'failureCategory' | 'httpStatus'>;

/** Why a generation ended badly and what to do: the diagnosis where there is one, else the words of its code. */
export function Diagnosis({ run: { diagnosis, failure, failureCode, failureCategory, httpStatus } }: { run: Failed }) {
  const t = useT();
  const category = diagnosis?.category ?? failureCategory;
  if (!diagnosis && !failure && !failureCode) {
    return null;
  }
  const title = category ? t(`failureCategory.${category}`) : failureCode ? t(`error.${failureCode}`) : '';
  return (
    <div className={styles.diagnosis}>
      <p className={styles.title}>
        <strong>{title}</strong>
        {failureCode && <code>{failureCode}</code>}
        {httpStatus !== null && httpStatus > 0 && <code>HTTP {httpStatus}</code>}
      </p>
      {/* The server writes its sentences in English. */}
      {saidBeside(title, [failure, diagnosis?.summary]).map((sentence) => <p key={sentence} lang="en"><bdi>{sentence}</bdi></p>)}
      {!diagnosis && failureCode && <p>{t(`error.${failureCode}.next`)}</p>}
      {diagnosis && (
        <div lang="en" className={styles.report}>
          <Part title={t('diagnosis.causes')} lines={diagnosis.likelyCauses} />
          <Part title={t('diagnosis.fixes')} lines={diagnosis.recommendedFixes} />
          <Part title={t('diagnosis.checks')} lines={diagnosis.nextChecks} />
        </div>
      )}
      {diagnosis?.model && <p className="muted">{t('diagnosis.byModel', { model: diagnosis.model })}</p>}
    </div>
  );
}

function Part({ title, lines }: { title: string; lines: readonly string[] }) {
  const { language } = useT();
  return lines.length > 0 && (
    <div>
      <h4 lang={language}>{title}</h4>
      <ul>{lines.map((line) => <li key={line}>{line}</li>)}</ul>
    </div>
  );
}

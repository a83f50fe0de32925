import { Link } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { exactTime } from '../lib/format';
import { keyOf } from '../lib/global-id';
import { useMay } from '../session';
import styles from './run-detail.module.css';
import type { RunDetail } from './run-detail';
import { stepWords } from './run-timeline';

/** Every stage of every attempt. */
export function RunHistory({ run: { id, timeline } }: { run: Pick<RunDetail, 'id' | 'timeline'> }) {
  const t = useT();
  const mayReadLedger = useMay('audit:read');
  return (
    <>
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={t('run.tab.history')}>
        <table className={styles.history}>
          <thead>
            <tr>
              <th scope="col">{t('run.attempt')}</th>
              <th scope="col">{t('run.step.at')}</th>
              <th scope="col">{t('run.stage')}</th>
              <th scope="col">{t('run.step.more')}</th>
            </tr>
          </thead>
          <tbody>
            {timeline.map((step) => (
              <tr key={`${step.stage} ${step.at}`}>
                <td>{step.attempt}</td>
                <td><time dateTime={step.at}>{exactTime(step.at, t.language)}</time></td>
                <th scope="row">{t(`run.stage.${step.stage}`)}</th>
                <td><bdi>{stepWords(t, step)}</bdi></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {mayReadLedger && <p><Link to="/audit-log" search={{ subject: keyOf(id) }}>{t('history.link')}</Link></p>}
    </>
  );
}

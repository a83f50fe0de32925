import { useT } from '../i18n/use-t';
import { count, duration } from '../lib/format';
import table from '../ui/plain-table.module.css';
import { StatusPill, type Tone } from '../ui/status-pill';
import type { LoadTestState } from './gql/documents';
import type { BurstRow, LoadTestRow } from './list';
import styles from './load-test.module.css';

const tones: Record<LoadTestState, Tone> = { RUNNING: 'running', FINISHED: 'good', FAILED: 'bad' };

export function LoadTestPill({ state }: Pick<LoadTestRow, 'state'>) {
  const t = useT();
  return <StatusPill tone={tones[state]}>{t(`loadTest.state.${state}`)}</StatusPill>;
}

/** How the grants of a burst were spread over the keys: a bar each, and the number beside it. */
function Keys({ keys }: Pick<BurstRow, 'keys'>) {
  const all = Math.max(1, keys.reduce((sum, { grants }) => sum + grants, 0));
  return (
    <ul className={styles.keys}>
      {keys.map(({ name, grants }) => (
        <li key={name}>
          <span className={styles.share} aria-hidden><i style={{ width: `${(grants / all) * 100}%` }} /></span>
          <bdi>{name}</bdi> <span className="muted number">{grants} · {Math.round((grants / all) * 100)} %</span>
        </li>
      ))}
    </ul>
  );
}

/** What a load test measured, a line for each pool and burst as soon as it is over. */
export function Results({ test }: { test: LoadTestRow }) {
  const t = useT();
  const { providers, bursts, results, failure, state } = test;
  const total = providers.length * bursts.length;
  return (
    <section aria-label={t('loadTest.results')} className={styles.panel}>
      <h2>{t('loadTest.results')} <LoadTestPill state={state} /></h2>
      {failure !== null && <p role="alert" className={styles.failure}>{failure}</p>}
      {state === 'RUNNING' && (
        <label className={styles.progress}>
          {t('loadTest.progress', { done: results.length, total })}
          <progress value={results.length} max={total} />
        </label>
      )}
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={t('loadTest.results')}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t('loadTest.pool')}</th>
              <th scope="col" className={table.end}>{t('loadTest.burst')}</th>
              <th scope="col" className={table.end}>{t('loadTest.successRate')}</th>
              <th scope="col" className={table.end}>{t('loadTest.average')}</th>
              <th scope="col" className={table.end}>p50</th>
              <th scope="col" className={table.end}>p95</th>
              <th scope="col" className={table.end}>p99</th>
              <th scope="col" className={table.end}>{t('loadTest.max')}</th>
              <th scope="col">{t('loadTest.keys')}</th>
            </tr>
          </thead>
          <tbody>
            {results.map((result, place) => (
              // oxlint-disable-next-line react/no-array-index-key -- Results only come at the end, and a burst may be repeated.
              <tr key={place}>
                <th scope="row">{result.provider}</th>
                <td className={table.end}>{count(result.burst, t.language)}</td>
                <td className={table.end} title={t('loadTest.succeeded', { succeeded: result.succeeded, failed: result.failed })}>
                  {(result.successRate * 100).toFixed(1)} %
                </td>
                {[result.averageMs, result.p50Ms, result.p95Ms, result.p99Ms, result.maxMs].map((ms, figure) => (
                  // oxlint-disable-next-line react/no-array-index-key -- The figures have no name but their place.
                  <td key={figure} className={table.end}>{duration(ms)}</td>
                ))}
                <td><Keys keys={result.keys} /></td>
              </tr>
            ))}
            {results.length === 0 && <tr><td colSpan={9} className="muted">{t('loadTest.noResults')}</td></tr>}
          </tbody>
        </table>
      </div>
    </section>
  );
}

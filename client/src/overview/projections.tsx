import { useT } from '../i18n/use-t';
import table from '../ui/plain-table.module.css';
import { StatusPill, type Tone } from '../ui/status-pill';
import type { OverviewFieldsFragment } from './gql/documents';
import styles from './overview-screen.module.css';

const tones: Readonly<Record<string, Tone>> = { running: 'good', retrying: 'warning', stopped: 'bad', unowned: 'warning' };

/** Every view and reactor: whether it keeps up with the log. */
export function Projections({ projections }: { projections: OverviewFieldsFragment['projections'] }) {
  const t = useT();
  const word = (id: string, fallback: string): string => (t.knows(id) ? t(id) : fallback);
  return (
    <div className={styles.panel}>
      <h2 id="projections-title">{t('overview.projections')}</h2>
      <div className={styles.scroll} tabIndex={0} role="group" aria-labelledby="projections-title">
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t('projection.name')}</th>
              <th scope="col">{t('projection.kind')}</th>
              <th scope="col">{t('projection.state')}</th>
              <th scope="col" className={table.end}>{t('projection.position')}</th>
              <th scope="col">{t('projection.standing')}</th>
            </tr>
          </thead>
          <tbody>
            {projections.map(({ name, kind, version, position, head, state, failure, rebuildProgress }) => (
              <tr key={name}>
                <th scope="row"><code>{name}</code> <span className="muted">v{version}</span></th>
                <td>{word(`projection.kind.${kind}`, kind)}</td>
                <td><StatusPill tone={tones[state] ?? 'queued'}>{word(`projection.state.${state}`, state)}</StatusPill></td>
                <td className={table.end}><code>{position ?? '–'}</code></td>
                <td>
                  {failure && <span className={styles.failure}>{failure}</span>}
                  {rebuildProgress !== null && (
                    <label className={styles.rebuild}>
                      {t('projection.rebuilding', { percent: Math.round(rebuildProgress * 100) })}
                      <progress value={rebuildProgress} max={1} />
                    </label>
                  )}
                  {!failure && rebuildProgress === null && t(position === head ? 'projection.inStep' : 'projection.behind')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

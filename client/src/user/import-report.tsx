import { useState } from 'react';
import { Checkbox } from '@mantine/core';
import { ofRefusal } from '../graphql/problem';
import { useT } from '../i18n/use-t';
import { problemTitle } from '../ui/problem-notice';
import { StatusPill, type Tone } from '../ui/status-pill';
import type { ImportOutcome } from './gql/documents';
import styles from './import.module.css';
import type { ImportReport as Report } from './use-import';

const tones: Record<ImportOutcome, Tone> = { CREATE: 'good', UPDATE: 'running', UNCHANGED: 'cancelled', REFUSED: 'bad' };
const outcomes = ['CREATE', 'UPDATE', 'UNCHANGED', 'REFUSED'] as const;
/** More lines than that nobody reads; the counts tell of all. */
const linesShown = 500;

/** What became, or would become, of each line of a file. */
export function ImportReport({ report: { lines, dryRun } }: { report: Report }) {
  const t = useT();
  const [onlyRefused, setOnlyRefused] = useState(false);
  const chosen = onlyRefused ? lines.filter(({ outcome }) => outcome === 'REFUSED') : lines;
  const count = (wanted: ImportOutcome): number => lines.filter(({ outcome }) => outcome === wanted).length;
  const word = (outcome: ImportOutcome): string => t(dryRun ? `import.outcome.${outcome}` : `import.done.${outcome}`);
  return (
    <>
      <p role="status" className={styles.counts}>
        {outcomes.map((outcome) => <StatusPill key={outcome} tone={tones[outcome]}>{`${count(outcome)} · ${word(outcome)}`}</StatusPill>)}
      </p>
      {count('REFUSED') > 0 && (
        <Checkbox size="xs" label={t('import.onlyRefused')} checked={onlyRefused}
          onChange={(event) => setOnlyRefused(event.currentTarget.checked)} />
      )}
      <div className={styles.report} tabIndex={0} role="group" aria-label={t('import.report')}>
        <table>
          <thead>
            <tr><th>{t('import.line')}</th><th>{t('import.outcome')}</th><th>{t('user.email')}</th><th>{t('import.problems')}</th></tr>
          </thead>
          <tbody>
            {chosen.slice(0, linesShown).map(({ line, outcome, email, errors }) => (
              <tr key={line}>
                <td className="number">{line}</td>
                <td><StatusPill tone={tones[outcome]}>{word(outcome)}</StatusPill></td>
                <td><bdi>{email}</bdi></td>
                <td>
                  {errors.map((error) => (
                    <div key={`${error.rule} ${error.path?.at(-1) ?? ''}`}>
                      {(error.path?.length ?? 0) > 3 && <><code>{error.path?.at(-1)}</code> </>}
                      {problemTitle(t, ofRefusal(error))}
                    </div>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {chosen.length > linesShown && <p className="muted">{t('import.more', { count: chosen.length - linesShown })}</p>}
      </div>
    </>
  );
}

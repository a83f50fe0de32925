import type { ReactNode } from 'react';
import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import dialog from '../ui/dialog.module.css';
import { problemTitle } from '../ui/problem-notice';
import { StatusPill } from '../ui/status-pill';
import styles from './batch.module.css';
import { nameOf } from './list';
import type { Outcome } from './use-batch';

interface BatchResultsProps {
  outcomes: readonly Outcome[];
  /** Closes; the ids are of those who were refused, to be chosen again. */
  onDone: (refused: readonly string[]) => void;
  /** Takes it back, where that can be done. */
  undo?: ReactNode;
}

/** What became of each, the refused first. */
export function BatchResults({ outcomes, onDone, undo }: BatchResultsProps) {
  const t = useT();
  const refused = outcomes.filter(({ problem }) => problem);
  const done = outcomes.length - refused.length;
  return (
    <div className={dialog.form}>
      <p role="status">{t('batch.summary', { done, refused: refused.length })}</p>
      <ul className={styles.results} tabIndex={0} aria-label={t('batch.results')}>
        {[...refused, ...outcomes.filter(({ problem }) => !problem)].map(({ user, problem }) => (
          <li key={user.id}>
            <StatusPill tone={problem ? 'bad' : 'good'}>{t(problem ? 'batch.refused' : 'batch.done')}</StatusPill>
            <span><bdi>{nameOf(user)}</bdi>{problem && <span className="muted"> {problemTitle(t, problem)}</span>}</span>
          </li>
        ))}
      </ul>
      <div className={dialog.buttons}>
        {undo}
        {refused.length > 0 && (
          <Button variant="default" onClick={() => onDone(refused.map(({ user }) => user.id))}>{t('batch.selectRefused')}</Button>
        )}
        <Button data-autofocus onClick={() => onDone([])}>{t('dialog.close')}</Button>
      </div>
    </div>
  );
}

import type { ReactNode } from 'react';
import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import dialog from '../ui/dialog.module.css';
import { Problems } from '../ui/form-problems';
import { problemTitle } from '../ui/problem-notice';
import { StatusPill } from '../ui/status-pill';
import styles from './batch.module.css';
import { nameOf } from './list';
import type { Batch } from './use-batch';

interface BatchResultsProps {
  batch: Batch;
  /** Takes it back, where that can be done. */
  undo?: ReactNode;
}

/** What became of each, the refused first, and why it came to no more. */
export function BatchResults({ batch: { outcomes, problems, done: close }, undo }: BatchResultsProps) {
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
      <Problems problems={problems} />
      <div className={dialog.buttons}>
        {undo}
        {refused.length > 0 && (
          <Button variant="default" onClick={() => close(refused.map(({ user }) => user.id))}>{t('batch.selectRefused')}</Button>
        )}
        <Button data-autofocus onClick={() => close([])}>{t('dialog.close')}</Button>
      </div>
    </div>
  );
}

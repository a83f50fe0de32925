import { useState } from 'react';
import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { useLiveList } from '../live/use-live-list';
import { useRows } from '../live/use-rows';
import { Page } from '../ui/page';
import { ProblemNotice } from '../ui/problem-notice';
import { Skeleton } from '../ui/skeleton';
import { Time } from '../ui/time';
import { loadTestList } from './list';
import styles from './load-test.module.css';
import { LoadTestPill, Results } from './results';
import { StartForm } from './start-form';

/** Asks pools for many leases at once and shows how long they took, now and before. */
export default function LoadTestScreen() {
  const t = useT();
  const { list, state } = useLiveList(loadTestList);
  const tests = useRows(list);
  const [chosen, setChosen] = useState<string>();
  const shown = tests.find(({ id }) => id === chosen) ?? tests[0];

  return (
    <Page title={t('nav.loadTest')}>
      <div className={styles.layout}>
        <StartForm
          running={tests.some((test) => test.state === 'RUNNING')}
          onStarted={(test) => {
            list.store.push(test);
            setChosen(test.id);
          }}
        />
        <div className={styles.main}>
          {state.problem && <ProblemNotice problem={state.problem} onRetry={list.reload} />}
          {tests.length === 0 && state.phase === 'loading' && <Skeleton rows={6} height={24} />}
          {tests.length === 0 && state.phase === 'ready' && <p className="muted">{t('loadTest.empty')}</p>}
          {shown && <Results test={shown} />}
          {tests.length > 0 && (
            <section aria-label={t('loadTest.earlier')} className={styles.panel}>
              <h2>{t('loadTest.earlier')}</h2>
              <ul className={styles.earlier}>
                {tests.map((test) => (
                  <li key={test.id}>
                    <button type="button" aria-pressed={test.id === shown?.id} onClick={() => setChosen(test.id)}>
                      <Time iso={test.createdAt} /> <LoadTestPill state={test.state} />
                      <span>{test.providers.join(', ')} · {test.bursts.join(', ')}</span>
                      {test.requestedBy && <span className="muted"><bdi>{test.requestedBy.displayName}</bdi></span>}
                    </button>
                  </li>
                ))}
              </ul>
              {state.more && <Button size="xs" variant="default" loading={state.fetching} onClick={list.loadMore}>{t('loadTest.more')}</Button>}
            </section>
          )}
        </div>
      </div>
    </Page>
  );
}

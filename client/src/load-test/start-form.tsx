import '@mantine/core/styles/Checkbox.layer.css';
import { useState, type FormEvent } from 'react';
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useAnswer } from '../graphql/use-answer';
import { useT } from '../i18n/use-t';
import { Problems, useFormProblems } from '../ui/form-problems';
import { burstsOf } from './bursts';
import { LoadTestPoolsDocument, StartLoadTestDocument } from './gql/documents';
import type { LoadTestRow } from './list';
import styles from './load-test.module.css';

/** Pools whose vendor the server plays itself; they are made when first needed. */
const simulated: readonly string[] = ['legnext-simulated', 'kling-simulated'];
const fields = ['providers', 'bursts', 'minHoldMs', 'maxHoldMs'];

/** Which pools, how many requests at once, and how long each holds its lease. */
export function StartForm({ running, onStarted }: { running: boolean; onStarted: (test: LoadTestRow) => void }) {
  const t = useT();
  const act = useAct(StartLoadTestDocument, (data) => data.startLoadTest);
  const problems = useFormProblems(act.problems, fields);
  // Who may not see the pools may still try the simulated ones.
  const { data } = useAnswer(LoadTestPoolsDocument, {});
  const pools = [...new Set([...simulated, ...(data?.keyPools.nodes.map(({ provider }) => provider) ?? [])])];
  const [providers, setProviders] = useState<readonly string[]>(simulated);
  const [bursts, setBursts] = useState('5, 10, 15');
  const [hold, setHold] = useState({ min: '100', max: '500' });
  const [refused, setRefused] = useState(false);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const sizes = burstsOf(bursts);
    setRefused(sizes === undefined);
    const payload = sizes && await act.run({
      providers: [...providers], bursts: sizes, minHoldMs: Number(hold.min), maxHoldMs: Number(hold.max),
    });
    if (payload?.loadTest) {
      onStarted(payload.loadTest);
    }
  }

  return (
    <form className={styles.form} aria-label={t('loadTest.start')} onSubmit={(event) => void submit(event)}>
      <Checkbox.Group label={t('loadTest.pools')} description={t('loadTest.pools.help')} value={[...providers]} onChange={setProviders}
        error={problems.of('providers')}>
        <div className={styles.choices}>{pools.map((pool) => <Checkbox key={pool} size="xs" value={pool} label={pool} />)}</div>
      </Checkbox.Group>
      <TextInput label={t('loadTest.bursts')} description={t('loadTest.bursts.help')} required value={bursts}
        error={refused ? t('loadTest.bursts.refused') : problems.of('bursts')} onChange={(event) => setBursts(event.currentTarget.value)} />
      <div className={styles.pair}>
        <TextInput type="number" min={0} label={t('loadTest.minHold')} required value={hold.min} error={problems.of('minHoldMs')}
          onChange={(event) => setHold({ ...hold, min: event.currentTarget.value })} />
        <TextInput type="number" min={0} label={t('loadTest.maxHold')} required value={hold.max} error={problems.of('maxHoldMs')}
          onChange={(event) => setHold({ ...hold, max: event.currentTarget.value })} />
      </div>
      <Problems problems={problems.others} />
      <div><Button type="submit" loading={act.busy} disabled={providers.length === 0 || running}>{t('loadTest.start')}</Button></div>
    </form>
  );
}

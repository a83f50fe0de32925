import { useEffect, useEffectEvent } from 'react';
import { useAnswer } from '../graphql/use-answer';
import { useT } from '../i18n/use-t';
import type { LiveList } from '../live/live-list';
import { useIds } from '../live/use-live-list';
import { ConcurrencyDocument } from './gql/documents';
import type { GenerationRow } from './generations';
import { isOver } from './steps';
import styles from './screen.module.css';

/** How much work goes on at once, one's own and all, against the limits (TEST-84). */
export function ConcurrencyNote({ list }: { list: LiveList<GenerationRow> }) {
  const t = useT();
  const { data, refresh } = useAnswer(ConcurrencyDocument, {});
  const ids = useIds(list);
  const ask = useEffectEvent(() => void refresh());

  // Whenever one of one's own runs begins or ends, the figures are others.
  useEffect(() => {
    const unfinished = new Map(ids.map((id) => [id, running(list, id)]));
    const leave = ids.map((id) => list.store.subscribeRow(id, () => {
      if (unfinished.get(id) !== running(list, id)) {
        unfinished.set(id, running(list, id));
        ask();
      }
    }));
    ask();
    return () => leave.forEach((forget) => forget());
  }, [list, ids]);

  const limits = data?.concurrency;
  return (
    <p className={styles.concurrency}>
      {limits && t('generation.concurrency', { mine: limits.mine, userLimit: limits.userLimit, total: limits.total, globalLimit: limits.globalLimit })}
    </p>
  );
}

function running({ store }: LiveList<GenerationRow>, id: string): boolean {
  const run = store.get(id);
  return run !== undefined && !isOver(run.state);
}

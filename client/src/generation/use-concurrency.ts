import { useEffect, useEffectEvent } from 'react';
import { useAnswer, type Answer } from '../graphql/use-answer';
import type { LiveList } from '../live/live-list';
import { useRows } from '../live/use-live-list';
import { ConcurrencyDocument, type ConcurrencyQuery, type RunState } from './gql/documents';
import { isOver } from './steps';

/** A run takes its place when it begins, and gives it back shortly after its end. */
const settledMs = 1_000;

/** How much work goes on at once, one's own and all, against the limits; asked anew whenever one of the runs begins or ends. */
export function useConcurrency<Row extends { id: string; state: RunState }>(list: LiveList<Row>): Answer<ConcurrencyQuery> {
  const answer = useAnswer(ConcurrencyDocument, {});
  const underWay = useRows(list).filter(({ state }) => !isOver(state)).map(({ id }) => id).join();
  const ask = useEffectEvent(() => void answer.refresh());
  useEffect(() => {
    const timer = setTimeout(() => ask(), settledMs);
    return () => clearTimeout(timer);
  }, [underWay]);
  return answer;
}

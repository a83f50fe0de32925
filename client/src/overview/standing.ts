import type { MessageId } from '../i18n/use-t';
import type { Tone } from '../ui/status-pill';
import type { OverviewFieldsFragment } from './gql/documents';

type Figures = Pick<OverviewFieldsFragment, 'runsFailedLastHour' | 'waiting'> & { projections: readonly { state: string }[] };

/** The whole in one word: the worst that is true now. */
export function standingOf({ projections, runsFailedLastHour, waiting }: Figures): { tone: Tone; word: MessageId } {
  if (projections.some(({ state }) => state === 'stopped')) {
    return { tone: 'bad', word: 'overview.standing.stopped' };
  }
  if (projections.some(({ state }) => state !== 'running')) {
    return { tone: 'warning', word: 'overview.standing.retrying' };
  }
  if (runsFailedLastHour > 0) {
    return { tone: 'warning', word: 'overview.standing.failures' };
  }
  return waiting > 0 ? { tone: 'running', word: 'overview.standing.queued' } : { tone: 'good', word: 'overview.standing.fine' };
}

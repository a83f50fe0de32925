import type { CSSProperties } from 'react';
import { useT, type T } from '../i18n/use-t';
import { clock, duration } from '../lib/format';
import { useSeconds } from '../ui/use-now';
import styles from './run-detail.module.css';
import { lastAttemptOf, spansOf, type Span, type Step } from './timeline';

/** What a step says beside its name. */
export function stepWords(t: T, { position, reason, retryAfterMs, estimatedWaitMs, keyName, jobId, vendorStatus, httpStatus }: Step): string {
  return [
    position !== null && t('run.step.place', { place: position }),
    reason !== null && t(`ticket.reason.${reason}`),
    retryAfterMs !== null && t('ticket.retry', { time: duration(retryAfterMs) }),
    estimatedWaitMs !== null && t('ticket.estimate', { time: duration(estimatedWaitMs) }),
    keyName,
    jobId !== null && t('run.step.job', { job: jobId }),
    vendorStatus,
    httpStatus !== null && httpStatus > 0 && `HTTP ${httpStatus}`,
  ].filter((word) => typeof word === 'string').join(' · ');
}

const lengthOf = ({ from, to }: Span): number => to - from;

/** How the time went: a bar with the queue hatched, and the same in words. */
function Spans({ steps }: { steps: readonly Step[] }) {
  const t = useT();
  const spans = spansOf(steps, useSeconds());
  return spans.length > 0 && (
    <div className={styles.spans}>
      <div className={styles.bar} aria-hidden>
        {spans.map((span) => (
          <i key={`${span.phase} ${span.from}`} data-phase={span.phase} style={{ '--share': Math.max(1, lengthOf(span)) } as CSSProperties} />
        ))}
      </div>
      <ul>
        {spans.map((span) => (
          <li key={`${span.phase} ${span.from}`} data-phase={span.phase}>
            {t(`run.phase.${span.phase}`)} <span className="number">{duration(lengthOf(span))}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface RunTimelineProps {
  steps: readonly Step[];
  /** Where it stands in the queue right now. */
  waiting: Step | undefined;
}

/** The stages since a run was last begun, with their times. */
export function RunTimeline({ steps, waiting }: RunTimelineProps) {
  const t = useT();
  const attempt = lastAttemptOf(steps);
  const told = waiting ? [...attempt, waiting] : attempt;
  const begin = Date.parse(attempt[0]?.at ?? '');
  return (
    <section aria-label={t('run.timeline')}>
      <Spans steps={attempt} />
      <ol className={styles.timeline}>
        {told.map((step, place) => (
          <li key={`${step.stage} ${step.at}`} data-stage={step.stage} aria-current={place === told.length - 1 ? 'step' : undefined}>
            <time dateTime={step.at} title={step.at}>{clock(Date.parse(step.at), t.language)}</time>
            <span className="muted number">+{duration(Math.max(0, Date.parse(step.at) - begin))}</span>
            <span><strong>{t(`run.stage.${step.stage}`)}</strong> <span className="muted"><bdi>{stepWords(t, step)}</bdi></span></span>
          </li>
        ))}
      </ol>
    </section>
  );
}

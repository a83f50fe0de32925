import { useT, type T } from '../i18n/use-t';
import { duration } from '../lib/format';
import { isActive } from '../run';
import { useSeconds } from '../ui/use-now';
import way from '../ui/way.module.css';
import type { GenerationRow } from './generations';
import { stepsOf, type Progress, type StepName, type Wait } from './steps';
import styles from './stepper.module.css';

function waitWords(t: T, wait: Wait): string {
  switch (wait.kind) {
    case 'turn':
      return t('generation.wait.turn', { position: wait.position });
    case 'key':
      return t(`ticket.reason.${wait.reason}`);
    case 'rate':
      return t('generation.wait.rate', { seconds: wait.seconds });
    default:
      return wait satisfies never;
  }
}

function detailOf(t: T, step: StepName, run: GenerationRow, { wait }: Progress): string | undefined {
  switch (step) {
    case 'wait':
      return (run.state === 'REQUESTED' || run.state === 'QUEUED') && wait ? waitWords(t, wait) : undefined;
    case 'key':
      return run.keyName ?? undefined;
    case 'work':
      return run.vendorStatus ?? undefined;
    case 'submit':
    case 'done':
      return undefined;
    default:
      return step satisfies never;
  }
}

/** How far a generation has come, what it waits for, and for how long it has been at it. */
export function Stepper({ run, progress }: { run: GenerationRow; progress: Progress }) {
  const t = useT();
  const now = useSeconds();
  const estimate = progress.wait && 'estimatedWaitMs' in progress.wait ? progress.wait.estimatedWaitMs : null;
  const waits = run.state === 'REQUESTED' || run.state === 'QUEUED';
  return (
    <div className={styles.stepper}>
      <ol className={way.way}>
        {stepsOf(run).map(({ step, standing }) => {
          const detail = detailOf(t, step, run, progress);
          return (
            <li key={step} data-standing={standing} aria-current={standing === 'now' ? 'step' : undefined}>
              <span>{t(`generation.step.${step}`)}</span>
              <span className={styles.detail}>{detail && <bdi>{detail}</bdi>}</span>
            </li>
          );
        })}
      </ol>
      {isActive(run) && (
        <p className="muted number">
          {t('generation.elapsed', { time: duration(Math.max(0, now - Date.parse(progress.begunAt ?? run.createdAt))) })}
          {waits && estimate !== null && ` · ${t('generation.estimate', { time: duration(estimate) })}`}
        </p>
      )}
    </div>
  );
}

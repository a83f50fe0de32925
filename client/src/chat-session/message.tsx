import { lazy, Suspense, useEffect } from 'react';
import { Button } from '@mantine/core';
import { ErrorBoundary } from 'react-error-boundary';
import { useT } from '../i18n/use-t';
import { duration, money } from '../lib/format';
import type { LiveList } from '../live/live-list';
import { useRow } from '../live/use-live-list';
import { announce } from '../ui/announcer';
import { CopyButton } from '../ui/copy-button';
import { SimulatedBadge } from '../ui/simulated-badge';
import { useAnswerText } from './answer-text';
import styles from './chat-screen.module.css';
import type { MessageRow } from './messages';

const Markdown = lazy(() => import('../ui/markdown'));

interface MessageProps {
  list: LiveList<MessageRow>;
  id: string;
  /** Asks the question of a failed answer again; undefined where that makes no sense. */
  onRetry: ((answerId: string) => void) | undefined;
}

/** One question or answer. */
export function Message({ list, id, onRetry }: MessageProps) {
  const t = useT();
  const message = useRow(list, id);
  if (!message) {
    return null;
  }
  if (message.role === 'USER') {
    return (
      <article className={styles.question} aria-label={t('chat.asked')}>
        <p><bdi>{message.text ?? t('chat.hidden')}</bdi></p>
      </article>
    );
  }
  return (
    <article className={styles.answer} aria-label={t('chat.answered')} aria-busy={message.state === 'STREAMING'}>
      {message.state === 'STREAMING' && <RunningAnswer id={id} />}
      {message.state === 'COMPLETE' && <Prose text={message.text ?? t('chat.hidden')} />}
      {message.state === 'FAILED' && <FailedAnswer message={message} onRetry={onRetry && (() => onRetry(id))} />}
      {message.state !== 'STREAMING' && <Footer message={message} />}
    </article>
  );
}

function Prose({ text }: { text: string }) {
  const plain = <p className={styles.plain}>{text}</p>;
  return (
    <ErrorBoundary fallback={plain} resetKeys={[text]}>
      <Suspense fallback={plain}><Markdown text={text} /></Suspense>
    </ErrorBoundary>
  );
}

function RunningAnswer({ id }: { id: string }) {
  const t = useT();
  const text = useAnswerText(id);
  useEffect(() => () => announce(t('chat.ended')), [t]);
  return text === '' ? <p className={styles.thinking}>{t('chat.thinking')}</p> : <Prose text={text} />;
}

function FailedAnswer({ message: { failure, run }, onRetry }: { message: MessageRow; onRetry: (() => void) | undefined }) {
  const t = useT();
  const code = run?.failureCode ?? 'E5004';
  return (
    <div className={styles.failed} role="alert">
      <p><strong>{t(`error.${code}`)}</strong> {t(`error.${code}.next`)} <code>{code}</code></p>
      {failure && <p className="muted"><bdi>{failure}</bdi></p>}
      {onRetry && <Button size="xs" variant="default" onClick={onRetry}>{t('chat.retry')}</Button>}
    </div>
  );
}

function Footer({ message: { text, run } }: { message: MessageRow }) {
  const t = useT();
  return (
    <footer className={styles.footer}>
      {text && <CopyButton text={text} label={t('chat.answered')} />}
      {run && <code>{run.model}</code>}
      {run?.simulated && <SimulatedBadge />}
      {run && run.durationMs !== null && <span>{duration(run.durationMs)}</span>}
      {run && run.cost !== null && <span title={run.cost}>{money(run.cost)}</span>}
    </footer>
  );
}

import { useEffect, useEffectEvent } from 'react';
import { ActionIcon } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useAnswer } from '../graphql/use-answer';
import { useT } from '../i18n/use-t';
import { duration } from '../lib/format';
import { hasFeature } from '../lib/permissions';
import { useMay, useSession } from '../session';
import { Dialog } from '../ui/dialog';
import { Fact, Facts } from '../ui/data-table/peek';
import { IconChevronLeft, IconChevronRight, IconDownload, IconMovie } from '../ui/icons';
import { SimulatedBadge } from '../ui/simulated-badge';
import { Time } from '../ui/time';
import { GenerationParametersDocument } from './gql/documents';
import type { LightboxItem } from './lightbox-items';
import styles from './lightbox.module.css';
import { shownParameters } from './shown-parameters';

interface LightboxProps {
  items: readonly LightboxItem[];
  /** Which of them is shown. */
  at: number;
  onMove: (at: number) => void;
  onClose: () => void;
}

const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/** One file large, with what is known of it; the arrow keys go on, Escape closes. */
export default function Lightbox({ items, at, onMove, onClose }: LightboxProps) {
  const t = useT();
  const mayStart = useMay('runs:write');
  const { viewer } = useSession();
  const item = items[at];
  const last = items.length - 1;

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    // In a video the arrow keys wind it.
    if (event.target instanceof HTMLVideoElement || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }
    const next = event.key === 'Home' ? 0 : event.key === 'End' ? last : at + (steps[event.key] ?? Number.NaN);
    if (items[next]) {
      event.preventDefault();
      onMove(next);
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);

  // Whoever opened it goes on where they were.
  useEffect(() => {
    const opener = document.activeElement;
    return () => {
      if (opener instanceof HTMLElement) {
        opener.focus();
      }
    };
  }, []);

  if (!item) {
    return null;
  }
  const { run, output } = item;
  const words = run.prompt ?? t('chat.hidden');
  const url = output.url ?? '';
  return (
    <Dialog title={t('lightbox.title', { at: at + 1, of: items.length })} size={1200} onClose={onClose}>
      <div className={styles.lightbox}>
        <figure className={styles.figure}>
          <div className={styles.frame}>
            {output.kind === 'VIDEO'
              ? <video key={output.id} controls muted playsInline poster={output.thumbnailUrl ?? undefined} src={url} aria-label={words} />
              : <img key={output.id} src={url} alt={words} />}
          </div>
          <figcaption className={styles.line}>
            <ActionIcon variant="default" size={34} aria-label={t('peek.previous')} disabled={at === 0} onClick={() => onMove(at - 1)}>
              <IconChevronLeft size={18} />
            </ActionIcon>
            <span className="muted number" aria-live="polite">{t('lightbox.title', { at: at + 1, of: items.length })}</span>
            <ActionIcon variant="default" size={34} aria-label={t('peek.next')} disabled={at === last} onClick={() => onMove(at + 1)}>
              <IconChevronRight size={18} />
            </ActionIcon>
          </figcaption>
        </figure>
        <div className={styles.about}>
          <p className={styles.prompt}><bdi>{words}</bdi></p>
          <p className={styles.links}>
            <a href={`${url}?download`} download><IconDownload size={14} aria-hidden /> {t('run.download')}</a>
            {output.kind === 'IMAGE' && mayStart && hasFeature(viewer, 'KLING') && run.requestedBy?.id === viewer.user.id && (
              <Link to="/create/kling" search={{ mode: 'image-to-video', image: output.id }} onClick={onClose}>
                <IconMovie size={14} aria-hidden /> {t('lightbox.startImage')}
              </Link>
            )}
          </p>
          <Facts>
            <Fact name={t('run.model')}><code>{run.model}</code> {run.simulated && <SimulatedBadge />}</Fact>
            {run.keyName !== null && <Fact name={t('run.keyName')}><bdi>{run.keyName}</bdi></Fact>}
            {run.durationMs !== null && <Fact name={t('run.duration')}>{duration(run.durationMs)}</Fact>}
            {run.usage && <Fact name={t('run.usage')}>{run.usage.amount} {run.usage.unit}</Fact>}
            {output.width !== null && output.height !== null && <Fact name={t('generation.size')}>{output.width} × {output.height}</Fact>}
            {run.requestedBy && run.requestedBy.id !== viewer.user.id && (
              <Fact name={t('run.requestedBy')}><bdi>{run.requestedBy.displayName}</bdi></Fact>
            )}
            <Fact name={t('run.createdAt')}><Time iso={run.createdAt} /></Fact>
          </Facts>
          <Parameters key={run.id} runId={run.id} />
        </div>
      </div>
    </Dialog>
  );
}

function Parameters({ runId }: { runId: string }) {
  const t = useT();
  const { data } = useAnswer(GenerationParametersDocument, { id: runId });
  const parameters = data?.node?.__typename === 'Run' ? shownParameters(data.node.exchange?.parameters) : [];
  return (
    <section className={styles.parameters} aria-label={t('run.exchange.parameters')}>
      {parameters.length > 0 && (
        <Facts>
          {parameters.map(({ name, value }) => {
            const id = `parameter.${name}`;
            return <Fact key={name} name={t.knows(id) ? t(id) : name}><bdi>{value}</bdi></Fact>;
          })}
        </Facts>
      )}
    </section>
  );
}

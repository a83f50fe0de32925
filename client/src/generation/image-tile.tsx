import { useState } from 'react';
import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { IconPhotoOff } from '../ui/icons';
import type { Output } from './generations';
import styles from './outputs.module.css';

interface ImageTileProps {
  output: Pick<Output, 'url' | 'thumbnailUrl' | 'width' | 'height'>;
  /** What the picture shows, as far as words can: its prompt. */
  alt: string;
  /** What the button is called; it opens the picture. */
  label: string;
  onOpen: () => void;
}

/** A small picture that opens large. One that does not load says so, and can be asked for again. */
export function ImageTile({ output: { url, thumbnailUrl, width, height }, alt, label, onOpen }: ImageTileProps) {
  const t = useT();
  const [broken, setBroken] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const source = thumbnailUrl ?? url;

  if (source === null) {
    return <div className={styles.broken}><IconPhotoOff size={20} aria-hidden /><p>{t('run.output.lost')}</p></div>;
  }
  if (broken) {
    return (
      <div className={styles.broken}>
        <IconPhotoOff size={20} aria-hidden />
        <p><bdi>{alt}</bdi></p>
        <Button size="compact-xs" variant="default"
          onClick={() => {
            setAttempt(attempt + 1);
            setBroken(false);
          }}>
          {t('problem.retry')}
        </Button>
      </div>
    );
  }
  return (
    <button type="button" className={styles.tile} aria-label={label} onClick={onOpen}>
      <img src={attempt === 0 ? source : `${source}?again=${attempt}`} alt={alt} width={width ?? undefined} height={height ?? undefined}
        loading="lazy" decoding="async" onError={() => setBroken(true)} />
    </button>
  );
}

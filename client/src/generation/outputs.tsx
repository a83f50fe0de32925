import { useT } from '../i18n/use-t';
import { IconDownload } from '../ui/icons';
import { outputsExpectedOf, type GenerationRow } from './generations';
import { ImageTile } from './image-tile';
import styles from './outputs.module.css';

/** Room for what is being made, with the geometry of what will come. */
export function OutputsAhead({ run }: { run: GenerationRow }) {
  return (
    <div className={run.kind === 'VIDEO' ? styles.video : styles.grid} aria-hidden>
      {Array.from({ length: outputsExpectedOf(run) }, (_, place) => <div key={place} className={styles.ahead} />)}
    </div>
  );
}

/** What a run made: pictures that open large, videos that play in place. */
export function Outputs({ run, onOpen }: { run: GenerationRow; onOpen: (outputId: string) => void }) {
  const t = useT();
  const alt = run.prompt ?? t('chat.hidden');
  const images = run.outputs.filter(({ kind }) => kind === 'IMAGE');
  const videos = run.outputs.filter(({ kind }) => kind === 'VIDEO');
  return (
    <>
      {images.length > 0 && (
        <ul className={styles.grid}>
          {images.map((output, place) => (
            <li key={output.id} className={styles.cell}>
              <ImageTile output={output} alt={alt} label={t('generation.openImage', { place: place + 1, of: images.length, prompt: alt })}
                onOpen={() => onOpen(output.id)} />
            </li>
          ))}
        </ul>
      )}
      {videos.map(({ id, url, thumbnailUrl }) => (url === null
        ? <p key={id} className="muted">{t('run.output.lost')}</p>
        : (
          <figure key={id} className={styles.video}>
            <video controls muted playsInline preload={thumbnailUrl === null ? 'metadata' : 'none'} poster={thumbnailUrl ?? undefined} src={url}
              aria-label={alt} />
            <figcaption><a href={`${url}?download`} download><IconDownload size={14} aria-hidden /> {t('run.download')}</a></figcaption>
          </figure>
        )))}
    </>
  );
}

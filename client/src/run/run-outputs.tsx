import { useT } from '../i18n/use-t';
import { duration } from '../lib/format';
import { IconPhotoOff } from '../ui/icons';
import styles from './run-detail.module.css';
import type { RunDetail } from './run-detail';

type Output = RunDetail['outputs'][number];

const megabyte = 1_000_000;

function Picture({ output: { kind, url, thumbnailUrl }, name }: { output: Output; name: string }) {
  const t = useT();
  if (url === null) {
    return <p className={styles.lost}><IconPhotoOff size={20} aria-hidden /> {t('run.output.lost')}</p>;
  }
  if (kind === 'VIDEO') {
    return <video className={styles.media} src={url} poster={thumbnailUrl ?? undefined} controls muted preload="metadata" aria-label={name} />;
  }
  return <a href={url} target="_blank" rel="noreferrer"><img className={styles.media} src={thumbnailUrl ?? url} alt={name} loading="lazy" /></a>;
}

/** The files a run made. */
export function RunOutputs({ outputs }: Pick<RunDetail, 'outputs'>) {
  const t = useT();
  if (outputs.length === 0) {
    return <p className="muted">{t('run.output.none')}</p>;
  }
  return (
    <ul className={styles.outputs}>
      {outputs.map((output, place) => {
        const name = t(`run.output.${output.kind}`, { number: place + 1 });
        const size = output.width !== null && output.height !== null ? `${output.width} × ${output.height} · ` : '';
        return (
          <li key={output.id}>
            <Picture output={output} name={name} />
            <p className="muted number">
              {size}{(output.bytes / megabyte).toFixed(2)} MB{output.durationMs !== null && ` · ${duration(output.durationMs)}`}
              {output.url !== null && <> · <a href={`${output.url}?download`} download aria-label={t('run.output.download', { name })}>{t('run.download')}</a></>}
            </p>
          </li>
        );
      })}
    </ul>
  );
}

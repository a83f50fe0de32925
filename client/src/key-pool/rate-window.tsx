import { memo, useState } from 'react';
import { useT } from '../i18n/use-t';
import { useSeconds } from '../ui/use-now';
import styles from './key-pools-screen.module.css';
import type { ProviderKeyRow } from './list';
import { permitsAt, windowMs } from './rate-window-permits';

/** The strip takes a second to go where the next second will be. */
const aheadMs = 1_000;

interface MarksProps {
  times: readonly string[];
  from: number;
}

const Marks = memo(({ times, from }: MarksProps) => times.map((time, place) =>
  <i key={`${time} ${place}`} style={{ left: `${100 + ((Date.parse(time) - from) / windowMs) * 100}%` }} />));

/** The permits of the last minute as marks that move out of the window, and how many of them may be in it. */
export function RateWindow({ providerKey }: { providerKey: ProviderKeyRow }) {
  const t = useT();
  const now = useSeconds();
  const [from] = useState(now);
  const { name, rpmLimit, permitTimes } = providerKey;
  const used = permitsAt(providerKey, now);
  if (rpmLimit === null) {
    return <p className="muted">{t('providerKey.noRate')}</p>;
  }
  return (
    <div>
      <p className={`muted number ${styles.small}`}>{t('providerKey.rate', { used, limit: rpmLimit })}</p>
      <div className={styles.window} aria-hidden>
        <div style={{ transform: `translateX(${(((from - now - aheadMs) / windowMs) * 100).toFixed(3)}%)` }}>
          <Marks times={permitTimes} from={from} />
        </div>
      </div>
      {rpmLimit > 0 && (
        <meter className={styles.rate} min={0} max={rpmLimit} value={Math.min(used, rpmLimit)} aria-label={t('providerKey.rateLabel', { name })} />
      )}
    </div>
  );
}

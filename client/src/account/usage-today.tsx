import { useT } from '../i18n/use-t';
import { count } from '../lib/format';
import type { Account } from './account';
import styles from './account-screen.module.css';

/** Requests of today against the limit, and of all time. */
export function UsageToday({ usage, tier }: { usage: Account['usage']; tier: string }) {
  const t = useT();
  const { dailyRequests, dailyLimit, remainingRequests, totalRequests } = usage;
  const number = (value: number) => count(value, t.language);
  return (
    <section className={styles.section} aria-labelledby="usage">
      <h2 id="usage">{t('usage.today')}</h2>
      {dailyLimit !== null && dailyLimit > 0 && (
        <meter className={styles.meter} min={0} max={dailyLimit} value={Math.min(dailyRequests, dailyLimit)} aria-labelledby="usage" />
      )}
      <p className="number">
        {dailyLimit === null
          ? t('usage.unlimited', { used: number(dailyRequests) })
          : t('usage.ofLimit', { used: number(dailyRequests), limit: number(dailyLimit), left: number(remainingRequests ?? 0) })}
      </p>
      <p className="muted">{t('usage.total', { total: number(totalRequests), tier })}</p>
    </section>
  );
}

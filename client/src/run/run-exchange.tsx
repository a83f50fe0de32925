import { useT } from '../i18n/use-t';
import { Json } from '../ui/json';
import styles from './run-detail.module.css';
import type { RunDetail } from './run-detail';

/** What was said to the vendor and what it answered, without secrets. */
export function RunExchange({ run: { exchange, httpStatus } }: { run: Pick<RunDetail, 'exchange' | 'httpStatus'> }) {
  const t = useT();
  if (!exchange) {
    return <p className="muted">{t('run.exchange.none')}</p>;
  }
  const parts = [
    { title: t('run.exchange.parameters'), value: exchange.parameters },
    { title: exchange.endpoint === null ? t('run.exchange.request') : `${t('run.exchange.request')} · ${exchange.endpoint}`, value: exchange.request },
    { title: httpStatus === null ? t('run.exchange.response') : `${t('run.exchange.response')} · HTTP ${httpStatus}`, value: exchange.response },
  ];
  return (
    <div className={styles.exchange}>
      {parts.map(({ title, value }) => (
        <section key={title} aria-label={title}>
          <h2>{title}</h2>
          {value === null || value === undefined ? <p className="muted">{t('run.exchange.nothing')}</p> : <Json value={value} />}
        </section>
      ))}
    </div>
  );
}

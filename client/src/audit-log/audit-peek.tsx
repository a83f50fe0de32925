import { Link } from '@tanstack/react-router';
import { useT } from '../i18n/use-t';
import { CopyButton } from '../ui/copy-button';
import { Fact, Facts } from '../ui/data-table/peek';
import { Json } from '../ui/json';
import { Time } from '../ui/time';
import { ResultPill } from './columns';
import type { AuditRow } from './list';
import { actorWords, actWords, attempted, reasonWords } from './words';

/** One act: who, what, on what, as part of what; and the event itself. */
export function AuditPeek({ entry }: { entry: AuditRow }) {
  const t = useT();
  const { act, actorId, address, at, causationId, code, correlationId, position, reason, requestId, revision, stream, subjects, summary } = entry;
  const text = JSON.stringify(summary, undefined, 2);
  return (
    <>
      <Facts>
        <Fact name={t('audit.act')}>{actWords(t, act)} <code className="muted">{attempted(entry) ?? act}</code></Fact>
        <Fact name={t('audit.result')}><ResultPill entry={entry} t={t} /></Fact>
        {reason !== null && (
          <Fact name={t('audit.reason')}>{reasonWords(t, entry)} <code className="muted">{[code, reason].filter(Boolean).join(' ')}</code></Fact>
        )}
        <Fact name={t('audit.at')}><Time iso={at} /></Fact>
        <Fact name={t('audit.actor')}>
          <bdi>{actorWords(t, entry)}</bdi>
          {' · '}
          <Link to="/audit-log" search={{ actor: actorId }}>{t('audit.byActor')}</Link>
        </Fact>
        {subjects.length > 0 && (
          <Fact name={t('audit.subjects')}>
            {subjects.map((subject) => (
              <div key={subject}><code>{subject}</code> · <Link to="/audit-log" search={{ subject }}>{t('audit.onSubject')}</Link></div>
            ))}
          </Fact>
        )}
        <Fact name={t('audit.correlationId')}>
          <code>{correlationId}</code> <CopyButton text={correlationId} label={t('audit.correlationId')} />
          {' · '}
          <Link to="/audit-log" search={{ correlation: correlationId }}>{t('audit.sameCorrelation')}</Link>
        </Fact>
        {address !== null && <Fact name={t('audit.address')}><code>{address}</code></Fact>}
        {requestId !== null && (
          <Fact name={t('audit.requestId')}><code>{requestId}</code> <CopyButton text={requestId} label={t('audit.requestId')} /></Fact>
        )}
        <Fact name={t('audit.causationId')}><code>{causationId}</code></Fact>
        <Fact name={t('audit.stream')}><code>{stream} @{revision}</code></Fact>
        <Fact name={t('audit.position')}><code>{position}</code></Fact>
      </Facts>
      <section aria-label={t('audit.event')}>
        <h3>{t('audit.event')} <CopyButton text={text} label={t('audit.event')} /></h3>
        <Json value={summary} />
      </section>
    </>
  );
}

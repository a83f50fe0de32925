import { useId, useState, type FormEvent } from 'react';
import { TextInput } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { navigationOf } from '../app/navigation';
import { useT } from '../i18n/use-t';
import { useMay, useSession } from '../session';
import { mentions } from '../ui/data-table/order';
import { IconPlayerPlay, IconSearch } from '../ui/icons';
import styles from './portal-screen.module.css';
import { found, LOOKED_THROUGH, type PortalRun } from './runs';

interface SearchProps {
  /** One's own last runs. */
  runs: readonly PortalRun[];
}

const SHOWN_RUNS = 6;

/** One field for where to go and what was made. Enter takes the first that was found. */
export function Search({ runs }: SearchProps) {
  const t = useT();
  const id = useId();
  const navigate = useNavigate();
  const { viewer } = useSession();
  const seesRuns = useMay('runs:read');
  const [text, setText] = useState('');
  const wanted = text.trim();
  const places = wanted === '' ? [] : navigationOf(viewer).flatMap(({ items }) => items).filter(({ to, label }) => to !== '/home' && mentions(wanted, t(label)));
  const hits = wanted === '' ? [] : found(runs, wanted).slice(0, SHOWN_RUNS);

  function submit(event: FormEvent): void {
    event.preventDefault();
    const [place] = places;
    const [run] = hits;
    if (place) {
      void navigate({ to: place.to });
    } else if (run) {
      void navigate({ to: '/runs/$runId', params: { runId: run.id } });
    } else if (wanted !== '' && seesRuns) {
      void navigate({ to: '/runs', search: { q: wanted } });
    }
  }

  return (
    <form role="search" className={styles.search} aria-label={t('portal.search')} onSubmit={submit}>
      <TextInput size="lg" type="search" aria-label={t('portal.search')} placeholder={t('portal.search')} autoComplete="off" value={text}
        aria-describedby={seesRuns ? `${id}-hint` : undefined} leftSection={<IconSearch size={18} />} onChange={(event) => setText(event.currentTarget.value)} />
      {seesRuns && <p id={`${id}-hint`} className="muted">{t('portal.searchHint', { count: LOOKED_THROUGH })}</p>}
      {wanted !== '' && (
        <ul className={styles.hits} aria-label={t('portal.found')}>
          {places.map(({ to, label, icon: Icon }) => (
            <li key={to}><Link to={to}><Icon size={16} stroke={1.75} aria-hidden /> {t(label)}</Link></li>
          ))}
          {hits.map(({ id: runId, prompt, model, kind }) => (
            <li key={runId}>
              <Link to="/runs/$runId" params={{ runId }}>
                <IconPlayerPlay size={16} stroke={1.75} aria-hidden /> <bdi>{prompt ?? `${t(`run.kind.${kind}`)} · ${model}`}</bdi>
              </Link>
            </li>
          ))}
          {seesRuns && (
            <li>
              <Link to="/runs" search={{ q: wanted }}>
                <IconSearch size={16} stroke={1.75} aria-hidden /> {t('palette.findIn', { text: wanted, place: t('nav.runs') })}
              </Link>
            </li>
          )}
          {places.length === 0 && !seesRuns && <li className="muted">{t('palette.nothing')}</li>}
        </ul>
      )}
    </form>
  );
}

import { exactTime, when } from '../lib/format';
import { useT } from '../i18n/use-t';
import { useNow } from './use-now';

/** A relative time within a day, a date after that; local, UTC and ISO on hover. */
export function Time({ iso }: { iso: string }) {
  const { language } = useT();
  const now = useNow();
  return <time dateTime={iso} title={`${exactTime(iso, language)}\n${iso}`}>{when(iso, now, language)}</time>;
}

import type { T } from '../i18n/use-t';
import { count } from '../lib/format';

/** No limit and blocked are words, not numbers. */
export function limitWords(t: T, limit: number | null): string {
  if (limit === null) {
    return t('limit.none');
  }
  return limit === 0 ? t('limit.blocked') : count(limit, t.language);
}

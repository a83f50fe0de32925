import { useEffect, useState } from 'react';
import type { Entity } from '../../live/entity-store';
import type { LiveList } from '../../live/live-list';
import { useRow } from '../../live/use-live-list';

/**
 * The row a URL opens, also when no loaded page holds it.
 * @param ready the list has arrived, so that a row not in it has to be asked for
 * @returns the row, and whether it turned out not to exist
 */
export function useOpenRow<Row extends Entity>(
  list: LiveList<Row>, id: string | undefined, ready: boolean): { row: Row | undefined; missing: boolean } {
  const row = useRow(list, id ?? '');
  const [missing, setMissing] = useState<string>();
  const wanted = id !== undefined && ready && row === undefined ? id : undefined;

  useEffect(() => {
    if (wanted !== undefined) {
      void list.fetchOne(wanted).then((exists) => setMissing(exists ? undefined : wanted));
    }
  }, [list, wanted]);

  return { row, missing: wanted !== undefined && missing === wanted };
}

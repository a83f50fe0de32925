import { useCallback, useMemo } from 'react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { decodeListSearch, encodeListSearch, type ListSearch, type ListSpec } from '../../lib/url-codec';

/** A list's state in the URL, and how to change it. */
export function useListSearch(spec: ListSpec): { search: ListSearch; setSearch: (change: Partial<ListSearch>) => void } {
  const flat = useSearch({ strict: false }) as Record<string, unknown>;
  const navigate = useNavigate();
  const search = useMemo(() => decodeListSearch(spec, flat), [spec, flat]);
  const setSearch = useCallback((change: Partial<ListSearch>) => {
    // A letter typed or a row peeked at is no page of its own in the history.
    void navigate({
      to: '.',
      search: (previous) => encodeListSearch(spec, { ...decodeListSearch(spec, previous), ...change }),
      replace: true,
    });
  }, [navigate, spec]);
  return { search, setSearch };
}

import { useCallback, useMemo } from 'react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { decodeListSearch, encodeListSearch, type ListQuestion, type ListSearch, type ListSpec } from '../../lib/url-codec';

interface ListSearchState {
  search: ListSearch;
  /** What is asked for; the same object until that changes. */
  question: ListQuestion;
  setSearch: (change: Partial<ListSearch>) => void;
}

/** A list's state in the URL, and how to change it. */
export function useListSearch(spec: ListSpec): ListSearchState {
  const flat = useSearch({ strict: false }) as Record<string, unknown>;
  const navigate = useNavigate();
  const search = useMemo(() => decodeListSearch(spec, flat), [spec, flat]);
  const asked = JSON.stringify({ q: search.q, sort: search.sort, facets: search.facets });
  const question = useMemo(() => JSON.parse(asked) as ListQuestion, [asked]);
  const setSearch = useCallback((change: Partial<ListSearch>) => {
    // A letter typed or a row peeked at is no page of its own in the history.
    void navigate({
      to: '.',
      search: (previous) => encodeListSearch(spec, { ...decodeListSearch(spec, previous), ...change }),
      replace: true,
    });
  }, [navigate, spec]);
  return { search, question, setSearch };
}

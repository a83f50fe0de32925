import { useEffect, useRef, type ChangeEvent } from 'react';

const typingPauseMs = 250;

/**
 * A search field that is the browser's own while someone types in it: the URL follows after a pause, and leads when it
 * changes elsewhere.
 */
export function useTypedSearch(q: string, onSearch: (q: string) => void) {
  const input = useRef<HTMLInputElement>(null);
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    if (input.current && document.activeElement !== input.current) {
      input.current.value = q;
    }
  }, [q]);
  // What was typed last is not searched for on the page after this one.
  useEffect(() => () => clearTimeout(typing.current), []);

  return {
    /** For the field. */
    field: {
      ref: input,
      defaultValue: q,
      onChange({ currentTarget: { value } }: ChangeEvent<HTMLInputElement>) {
        clearTimeout(typing.current);
        typing.current = setTimeout(() => onSearch(value), typingPauseMs);
      },
    },
    input,
    /** Empties the field; the URL is the caller's to change. */
    empty() {
      clearTimeout(typing.current);
      if (input.current) {
        input.current.value = '';
      }
    },
  };
}

import { useEffect, useRef } from 'react';

const typingPauseMs = 250;

/**
 * A search field that is the browser's own while someone types in it: the URL follows after a pause, and leads when it
 * changes elsewhere.
 * @returns the field's ref, what it calls when it changes, and what empties it without a word to the URL
 */
export function useTypedSearch(q: string, onSearch: (q: string) => void) {
  const input = useRef<HTMLInputElement>(null);
  const typing = useRef(0);

  useEffect(() => {
    if (input.current && document.activeElement !== input.current) {
      input.current.value = q;
    }
  }, [q]);

  function type(): void {
    clearTimeout(typing.current);
    // What stands there by then: it may have been emptied meanwhile, and on another page it is gone.
    typing.current = window.setTimeout(() => input.current && onSearch(input.current.value), typingPauseMs);
  }

  function empty(): void {
    if (input.current) {
      input.current.value = '';
    }
  }

  return { input, type, empty };
}

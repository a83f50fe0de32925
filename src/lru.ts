export interface Lru<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  clear(): void;
}

/**
 * A cache of at most `capacity` entries, each for at most `maxAgeMs` after it was set; the least recently used goes
 * first. `now` is in milliseconds; a clock that jumps back expires entries rather than keeping them.
 */
export function createLru<Key, Value>(capacity: number, maxAgeMs: number, now: () => number): Lru<Key, Value> {
  const entries = new Map<Key, { value: Value; setAt: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      const age = now() - entry.setAt;
      if (age < 0 || age >= maxAgeMs) return undefined;
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, { value, setAt: now() });
      if (entries.size > capacity) entries.delete(entries.keys().next().value as Key);
    },
    delete: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  };
}

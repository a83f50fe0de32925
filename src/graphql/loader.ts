import DataLoader from 'dataloader';
import type { Context, LoaderDefinition } from './context';
import { limits } from './limits';

/**
 * Declares a batch loader of one read-model key; use it as `context.loader(definition).load(key)`. Keys are told
 * apart as by a Map: primitives by value, objects by identity, so equal objects are loaded once each.
 * `load` answers one value (or undefined) per key, in the order of the keys: see `inOrderOf`.
 */
export function defineLoader<Key, Value>(name: string, load: LoaderDefinition<Key, Value>['load']): LoaderDefinition<Key, Value> {
  return { name, load };
}

/** The rows as a loader has to answer them: one per key, in the order of the keys, undefined where there is none. */
export function inOrderOf<Key, Row>(keys: readonly Key[], rows: readonly Row[], keyOf: (row: Row) => Key): (Row | undefined)[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => byKey.get(key));
}

/** The rows grouped by key for a loader of lists: one list per key, in the order of the keys, empty where there is none. */
export function groupedInOrderOf<Key, Row>(keys: readonly Key[], rows: readonly Row[], keyOf: (row: Row) => Key): Row[][] {
  const byKey = new Map<Key, Row[]>(keys.map((key) => [key, []]));
  for (const row of rows) byKey.get(keyOf(row))?.push(row);
  return keys.map((key) => byKey.get(key) ?? []);
}

/** The loaders of one context: each is made on first use and forgotten with the context, so nothing is shared between callers. */
export function loaders(): Context['loader'] {
  const made = new Map<unknown, unknown>();
  return function loader<Key, Value>(this: Context, definition: LoaderDefinition<Key, Value>): DataLoader<Key, Value | undefined> {
    const known = made.get(definition) as DataLoader<Key, Value | undefined> | undefined;
    if (known) return known;
    const fresh = new DataLoader<Key, Value | undefined>(
      (keys) => definition.load(this, keys), { name: definition.name, maxBatchSize: limits.loaderBatch },
    );
    made.set(definition, fresh);
    return fresh;
  };
}

/** Flat search parameters: one text, or several for a parameter that is repeated. */
export type FlatSearch = Record<string, string | string[] | undefined>;

export function parseSearch(text: string): FlatSearch {
  const flat: FlatSearch = {};
  for (const [key, value] of new URLSearchParams(text)) {
    const held = flat[key];
    flat[key] = held === undefined ? value : [held, value].flat();
  }
  return flat;
}

export function stringifySearch(flat: Record<string, unknown>): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(flat)) {
    for (const item of [value].flat()) {
      if (typeof item === 'string' && item !== '') {
        parameters.append(key, item);
      }
    }
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** What a list takes from its URL. */
export interface ListSpec {
  /** Facets by name: the values that may be chosen, `text` for one free value, `time` for a moment, `id` for one that only links set. */
  facets: Readonly<Record<string, readonly string[] | 'text' | 'time' | 'id'>>;
  /** Fields that may be sorted by. */
  sorts: readonly string[];
  /** A field of `sorts`; with a leading `-` for descending. */
  defaultSort: string;
}

/** What a list asks the server for. */
export interface ListQuestion {
  q: string;
  sort: string;
  facets: Readonly<Record<string, readonly string[]>>;
}

export interface ListSearch extends ListQuestion {
  /** Id of the row that is open beside the list. */
  peek: string | undefined;
}

const texts = (value: unknown): string[] => [value].flat().filter((item): item is string => typeof item === 'string' && item !== '');

/** Reads a list's state from search parameters; whatever the list does not know is dropped. */
export function decodeListSearch(spec: ListSpec, flat: Record<string, unknown>): ListSearch {
  const sort = texts(flat.sort)[0] ?? spec.defaultSort;
  return {
    q: texts(flat.q)[0] ?? '',
    sort: spec.sorts.includes(sort.replace(/^-/, '')) ? sort : spec.defaultSort,
    peek: texts(flat.peek)[0],
    facets: Object.fromEntries(Object.entries(spec.facets).flatMap(([name, values]) => {
      const chosen = [...new Set(texts(flat[name]))];
      const known = typeof values === 'string' ? chosen.slice(0, 1) : chosen.filter((value) => values.includes(value));
      return known.length === 0 ? [] : [[name, known]];
    })),
  };
}

/** The opposite of `decodeListSearch`; defaults are left out so that URLs stay short. */
export function encodeListSearch(spec: ListSpec, search: ListSearch): FlatSearch {
  return {
    q: search.q || undefined,
    sort: search.sort === spec.defaultSort ? undefined : search.sort,
    peek: search.peek,
    ...Object.fromEntries(Object.entries(search.facets).map(([name, values]) => [name, values.length === 1 ? values[0] : [...values]])),
  };
}

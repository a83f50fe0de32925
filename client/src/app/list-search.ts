import { decodeListSearch, encodeListSearch, type FlatSearch, type ListSpec } from '../lib/url-codec';

/** A route's `validateSearch` for a list: keeps what the list knows, drops the rest. */
export const listSearch = (spec: ListSpec) => (flat: Record<string, unknown>): FlatSearch =>
  encodeListSearch(spec, decodeListSearch(spec, flat));

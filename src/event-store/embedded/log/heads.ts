import type { Head, Storage } from '../storage/port';
import { isMetastream, NO_EVENTS } from './event';
import { METASTREAM_METADATA, parseStreamMetadata, type StreamMetadata } from './stream-metadata';

/** Committed state of one stream, kept in memory. */
export interface CachedHead {
  last: number;
  /** For a metadata stream: what it says about the stream it describes. */
  says: StreamMetadata;
}

const ABSENT: CachedHead = { last: NO_EVENTS, says: {} };

/** Committed heads of the streams used most recently, loaded on demand: memory does not grow with the number of streams. */
export interface Heads {
  /** Heads of all the streams asked for, existing or not. */
  get(streams: readonly string[]): Promise<Map<string, CachedHead>>;
  /** Takes over what a commit made of these streams. */
  committed(heads: ReadonlyMap<string, CachedHead>): void;
  /** Forgets everything, after a commit of unknown outcome. */
  reset(): void;
}

export function createHeads(storage: Pick<Storage, 'heads'>, maxStreams: number): Heads {
  const cache = new Map<string, CachedHead>();
  /** Which load of a stream may still fill the cache. A commit that overtakes a load takes its place away. */
  const loading = new Map<string, symbol>();

  const keep = (stream: string, head: CachedHead): void => {
    cache.delete(stream);
    cache.set(stream, head);
    if (cache.size > maxStreams) cache.delete(cache.keys().next().value!);
  };

  const load = async (streams: readonly string[], into: Map<string, CachedHead>): Promise<void> => {
    const token = Symbol();
    for (const stream of streams) loading.set(stream, token);
    try {
      const found = await storage.heads(streams);
      for (const stream of streams) {
        const head = toCached(stream, found.get(stream));
        into.set(stream, head);
        if (loading.get(stream) === token) keep(stream, head);
      }
    } finally {
      for (const stream of streams) if (loading.get(stream) === token) loading.delete(stream);
    }
  };

  return {
    get: async (streams) => {
      const heads = new Map<string, CachedHead>();
      const missing: string[] = [];
      for (const stream of streams) {
        const head = cache.get(stream);
        if (head) {
          keep(stream, head);
          heads.set(stream, head);
        } else missing.push(stream);
      }
      if (missing.length > 0) await load(missing, heads);
      return heads;
    },
    committed: (heads) => {
      for (const [stream, head] of heads) {
        loading.delete(stream);
        keep(stream, head);
      }
    },
    reset: () => {
      cache.clear();
      loading.clear();
    },
  };
}

function toCached(stream: string, head: Head | undefined): CachedHead {
  if (!head) return ABSENT;
  return { last: head.last, says: isMetastream(stream) ? parseStreamMetadata(head.metadataJson) : {} };
}

/** The metadata that holds for a stream, given the head of its metadata stream. */
export function metadataOf(stream: string, metastreamHead: CachedHead): StreamMetadata {
  return isMetastream(stream) ? METASTREAM_METADATA : metastreamHead.says;
}

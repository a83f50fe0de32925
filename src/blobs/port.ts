import type { Readable } from 'node:stream';

export interface StoredBlob {
  contentType: string;
  /** Bytes of the whole blob. */
  size: number;
  /** The part that was asked for, both ends included. */
  range: { start: number; end: number };
  body: Readable;
}

/** Files that runs made, beside the log. Keys are `<tenant>/<run>/<name>`, of letters, digits, `.`, `_`, `-` and `/`. */
export interface BlobStore {
  /** Stores a file, whole or not at all; the same key again overwrites. */
  put(key: string, file: { path: string; contentType: string }): Promise<void>;
  /**
   * @param range bytes to read, `end` included; left out: to the end
   * @returns undefined when there is none
   * @throws BehindTheEnd when the part begins behind the end
   */
  get(key: string, range?: { start: number; end?: number }): Promise<StoredBlob | undefined>;
  delete(key: string): Promise<void>;
  close(): Promise<void>;
}

/** A file that was fetched into the blob store. */
export interface KeptFile {
  contentType: string;
  bytes: number;
  width: number | null;
  height: number | null;
  blob: string;
  thumbnail: string | null;
  digest: string;
}

/** Fetches what vendors made. */
export interface OutputKeeper {
  /**
   * Downloads a vendor's file and keeps it with a small picture of it.
   * @param key of the blob, without an extension
   * @param vendor name of the gateway's upstream: its own host may be private, all others are public and https
   * @returns undefined when the file is gone or cannot be kept (the reason is logged)
   * @throws what `signal` was aborted with
   */
  keep(file: { url: string; kind: 'image' | 'video'; key: string; vendor: string; signal: AbortSignal }): Promise<KeptFile | undefined>;
  /** Removes what was kept under a key, and the small picture of it. Harmless when there is nothing. */
  remove(key: string): Promise<void>;
}

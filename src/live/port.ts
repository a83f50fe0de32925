/** A row of a live view as it travels to subscribers: the table's columns, `position` and `tenant_id` among them. */
export type LiveRow = Readonly<Record<string, unknown>> & { readonly tenant_id: string };

export interface FeedItem {
  /** Opaque, resumable: pass it as `after` to continue behind this item. */
  cursor: string;
  position: bigint;
  /** Undefined in the first item, which only says from where on the feed is complete ("subscribed at"). */
  row?: LiveRow;
}

export interface FeedOptions {
  /** Name of the view (`Projector.name`). */
  view: string;
  tenant: string;
  /** Cursor to continue behind; undefined means from now. @throws RefusedError E4004 for a cursor of another feed */
  after?: string;
  /** Further judgement on each row, for example the owner of a chat. */
  filter?: (row: LiveRow) => boolean;
  signal?: AbortSignal;
}

/**
 * Committed changes of the views, for subscribers of this process. State feeds coalesce by row: a slow reader skips
 * to the newest state of each row and never holds memory of its own beyond one page.
 */
export interface LiveFeeds {
  subscribe(options: FeedOptions): AsyncIterableIterator<FeedItem>;

  /**
   * Waits until the named views have passed `position`.
   * @returns true, or false when `timeoutMs` (default 2,000) passed first
   */
  waitFor(views: readonly string[], position: bigint, timeoutMs?: number): Promise<boolean>;

  /** Position up to which each view has been committed, as far as this process knows. */
  positions(): ReadonlyMap<string, bigint>;

  /** Calls `listener` when rows of a view may have changed, whoever's. @returns a function that ends it */
  onChange(view: string, listener: () => void): () => void;
}

/**
 * Ordered text blocks of one running answer, kept in Postgres until the answer's event supersedes them. Writers on any
 * node, readers on any node; readers resume by sequence number.
 */
export interface OutputStreams {
  /** Appends a block; `fence` must not be lower than any seen for this output. @returns false when fenced off */
  write(outputId: string, fence: number, text: string): Promise<boolean>;
  /** Marks the end; readers finish after the last block. */
  finish(outputId: string, fence: number): Promise<void>;
  /** Blocks with a sequence number greater than `after`, then live until finished. */
  read(outputId: string, after: number, signal?: AbortSignal): AsyncIterableIterator<{ seq: number; text: string; done: boolean }>;
}

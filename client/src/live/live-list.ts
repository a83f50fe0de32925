import type { AnyVariables, Client } from '@urql/core';
import { ask } from '../graphql/client';
import type { Document } from '../graphql/document';
import { ofError, type Problem } from '../graphql/problem';
import { observable } from '../lib/observable';
import { createEntityStore, onNextFrame, type Entity, type EntityStore } from './entity-store';
import { createSeam, type Change } from './seam';
import type { Live } from './socket';

export interface Page<Row> {
  rows: readonly Row[];
  endCursor: string | undefined;
}

export interface PageArguments {
  first: number;
  after: string | undefined;
}

export interface FeedHandlers<Row> {
  change(change: Change<Row>): void;
  resync(): void;
  /** The feed was refused; it is tried again later. */
  refused(): void;
}

/** What a capability says about one of its lists. */
export interface ListSource<Row extends Entity> {
  /** Rows a page, at most what the server allows. */
  pageSize: number;
  page(client: Client, page: PageArguments, atLeast?: string): Promise<Page<Row> | Problem>;
  /** One row by its id, wherever it is; null when it does not exist for this reader. */
  one?(client: Client, id: string): Promise<Row | null>;
  /** Starts the change feed. */
  feed(live: Live, handlers: FeedHandlers<Row>): () => void;
  version(row: Row): bigint;
  /** Whether a row that just came into being belongs to this list, at the top. */
  admits(row: Row): boolean;
  order?: 'newest-first' | 'oldest-first';
  /** Sorts the rows of an `oldest-first` list. */
  compare?(a: Row, b: Row): number;
}

export interface ListState {
  phase: 'loading' | 'ready' | 'failed';
  problem?: Problem;
  /** Further pages exist. */
  more: boolean;
  /** A page or a fresh snapshot is on its way over rows that are shown. */
  fetching: boolean;
}

export interface LiveList<Row> {
  store: EntityStore<Row>;
  state(): ListState;
  /** The list is live as long as it has a subscriber. */
  subscribe(listener: () => void): () => void;
  loadMore(): void;
  /** Brings a row that is not in the list into the store. @returns whether it exists */
  fetchOne(id: string): Promise<boolean>;
  reload(): void;
  /** Rows of this list from the server, up to `limit`, page by page; for an export. */
  everything(limit: number): Promise<readonly Row[] | Problem>;
}

const isProblem = (answer: object): answer is Problem => 'code' in answer;

const catchUpMs = 1_000;
/** Without a word from the feed for so long, the list is fetched anyway and joined to the feed once that speaks. */
const feedPatienceMs = 2_000;

/** A list of the live lane: snapshot pages by request, changes by subscription, joined by the seam. */
export function createLiveList<Row extends Entity>(source: ListSource<Row>, client: Client, live: Live): LiveList<Row> {
  const store = createEntityStore<Row>({
    version: source.version,
    admits: source.admits,
    schedule: onNextFrame,
    order: source.order,
    compare: source.compare,
  });
  const state = observable<ListState>({ phase: 'loading', more: false, fetching: true });
  const listeners = new Set<() => void>();
  let endCursor: string | undefined;
  let stop: (() => void) | undefined;
  let loads = 0;

  async function load(atLeast: string | undefined, apply: (rows: readonly Row[]) => void): Promise<void> {
    loads += 1;
    const mine = loads;
    state.set({ ...state.get(), fetching: true });
    const answer = await source.page(client, { first: source.pageSize, after: undefined }, atLeast);
    if (mine !== loads) {
      return;
    }
    if (!isProblem(answer)) {
      endCursor = answer.endCursor;
      apply(answer.rows);
      state.set({ phase: 'ready', more: endCursor !== undefined, fetching: false });
    } else if (answer.rule === 'view_behind') {
      setTimeout(() => mine === loads && void load(atLeast, apply), catchUpMs);
    } else {
      state.set({ phase: 'failed', problem: answer, more: false, fetching: false });
    }
  }

  const seam = createSeam<Row>({
    load: (position) => void load(position, seam.loaded),
    snapshot: store.reset,
    push: store.push,
  });

  function start(): void {
    seam.restart();
    let heard = false;
    const loadAnyway = () => {
      if (!heard) {
        heard = true;
        void load(undefined, store.reset);
      }
    };
    const fallback = setTimeout(loadAnyway, feedPatienceMs);
    const leave = source.feed(live, {
      change(change) {
        heard = true;
        clearTimeout(fallback);
        seam.receive(change);
      },
      resync: seam.restart,
      refused: loadAnyway,
    });
    stop = () => {
      clearTimeout(fallback);
      leave();
    };
  }

  function end(): void {
    stop?.();
    stop = undefined;
    loads += 1;
  }

  return {
    store,
    state: state.get,
    subscribe(listener) {
      listeners.add(listener);
      const leave = state.subscribe(listener);
      if (listeners.size === 1) {
        start();
      }
      return () => {
        leave();
        listeners.delete(listener);
        if (listeners.size === 0) {
          end();
        }
      };
    },
    async loadMore() {
      if (endCursor === undefined || state.get().fetching || store.cut()) {
        return;
      }
      const mine = loads;
      state.set({ ...state.get(), fetching: true });
      const answer = await source.page(client, { first: source.pageSize, after: endCursor });
      if (mine !== loads) {
        return;
      }
      if (isProblem(answer)) {
        state.set({ ...state.get(), problem: answer, fetching: false });
        return;
      }
      endCursor = answer.endCursor;
      store.addPage(answer.rows);
      state.set({ phase: 'ready', more: endCursor !== undefined, fetching: false });
    },
    async fetchOne(id) {
      const row = await source.one?.(client, id);
      if (row) {
        store.keep(row);
      }
      return Boolean(row);
    },
    async everything(limit) {
      const rows: Row[] = [];
      let after: string | undefined;
      do {
        const answer = await source.page(client, { first: source.pageSize, after });
        if (isProblem(answer)) {
          return answer;
        }
        rows.push(...answer.rows);
        after = answer.endCursor;
      } while (after !== undefined && rows.length < limit);
      return rows.slice(0, limit);
    },
    reload() {
      end();
      state.set({ ...state.get(), problem: undefined, fetching: true });
      start();
    },
  };
}

interface Connection<Row> {
  nodes: readonly Row[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** A page fetcher over a connection query. */
export const connectionPage = <Data, Variables extends AnyVariables & Record<string, unknown>, Row>(
  document: Document<Data, Variables>, variables: Omit<Variables, 'first' | 'after'>, connectionOf: (data: Data) => Connection<Row>) =>
  async (client: Client, page: PageArguments, atLeast?: string): Promise<Page<Row> | Problem> => {
    const result = await ask(client, document, { ...variables, ...page } as unknown as Variables, atLeast);
    if (result.error || !result.data) {
      return result.error ? ofError(result.error) : { code: 'E5001' };
    }
    const { nodes, pageInfo } = connectionOf(result.data);
    return { rows: nodes, endCursor: pageInfo.hasNextPage ? (pageInfo.endCursor ?? undefined) : undefined };
  };

/** A feed starter over a change subscription. */
export const changeFeed = <Data, Variables extends Record<string, unknown>, Row>(
  document: Document<Data, Variables>, variables: Variables, changeOf: (data: Data) => Change<Row>) =>
  (live: Live, { change, resync, refused }: FeedHandlers<Row>): (() => void) =>
    live.subscribe(document, variables, {
      next: (data) => change(changeOf(data)),
      cursor: (data) => changeOf(data).cursor,
      resync,
      refused,
    });

/** One object by its global id, when it is of the kind asked for. */
export async function oneNode<Node extends { __typename: string }, Row extends Node>(
  client: Client, document: Document<{ node: Node | null }, { id: string }>, id: string, isRow: (node: Node) => node is Row,
): Promise<Row | null> {
  const { data } = await ask(client, document, { id });
  return data?.node && isRow(data.node) ? data.node : null;
}

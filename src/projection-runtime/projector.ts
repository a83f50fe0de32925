import type { EventDefinitions, EventOf } from '../../schema/define-events';
import type { RecordedEvent } from '../event-store/port';
import type { Sealed } from '../vault/port';

/** A decoded event with where it stands in the log. */
export type Projected<Event> = Event & { at: RecordedEvent };

/** A value as `pg` takes it; objects go into jsonb columns. */
export type Column = string | number | bigint | boolean | Date | null | readonly string[] | Record<string, unknown>;
export type Row = Readonly<Record<string, Column>>;

/**
 * One change of one row. `key` holds the primary key columns, `position` is that of the event behind the change and is
 * written to the row's `position` column.
 * - `put`: insert, or overwrite the given columns of the row that is there
 * - `patch`: change columns of a row that is there; no row, no effect
 * - `add`: add numbers to columns of a row that is there (counters are exact: the checkpoint is in the same transaction),
 *   and change the other columns of `set`
 * - `remove`: delete the row
 * - `job`: what a reactor puts out instead of rows: a graphile-worker job; jobs of one `jobKey` replace each other
 */
export type Change =
  | { kind: 'put' | 'patch'; table: string; key: Row; set: Row; position: bigint }
  | { kind: 'add'; table: string; key: Row; add: Readonly<Record<string, number | bigint>>; set?: Row; position: bigint }
  | { kind: 'remove'; table: string; key: Row; position: bigint }
  | { kind: 'job'; task: string; payload: Record<string, unknown>; jobKey: string; runAt?: Date; queue?: string };

export type Open = (sealed: Sealed) => string | null;

/**
 * A view: its tables and the pure function that keeps them. A new `version` is built from zero beside the old one and
 * swapped in. Every table of a live view has the columns `tenant_id text` and `position bigint` (of the event that last
 * changed the row; the runtime writes it from the change) with an index on `position`. Rows of a table with a
 * `tenant_id` are seen by that tenant alone, in whatever statement.
 */
export interface Projector<Definitions extends EventDefinitions = EventDefinitions> {
  /** Name of the view, snake_case: also its checkpoint, metric label and CLI name. */
  readonly name: string;
  readonly version: number;
  /** Event types it knows; all others only move its checkpoint. */
  readonly events: Definitions;
  /** Absolute path of the DDL (`tables.sql`); unqualified names, run inside the version's own Postgres schema. */
  readonly tables: string;
  /** The table whose rows subscribers see, and its single key column; undefined when the view is not live. */
  readonly live?: { table: string; key: string };
  /** Its rows serve all tenants: row-level security does not keep them apart, its queries do. */
  readonly shared?: true;
  /** `open` gives the text of a sealed field of these very events (the runtime opened them before), null once erased. */
  project(events: readonly Projected<EventOf<Definitions>>[], open: Open): Change[];
}

/**
 * A reactor is a projector whose output is jobs. It has a checkpoint and an owner like a view, but no tables and no
 * rebuild: what it asked for was asked for once.
 */
export interface Reactor<Definitions extends EventDefinitions = EventDefinitions> {
  readonly name: string;
  readonly events: Definitions;
  react(events: readonly Projected<EventOf<Definitions>>[]): Extract<Change, { kind: 'job' }>[];
}

/** A projector without the type of its events, as registries hold it. */
export type AnyProjector = Projector<any>;
export type AnyReactor = Reactor<any>;

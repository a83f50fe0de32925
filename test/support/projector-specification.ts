import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { escapeIdentifier, type Pool } from 'pg';
import type { Actor, RecordedEvent } from '../../src/event-store/port';
import { createPool, inTransaction } from '../../src/postgres/pool';
import { effectsOf, projectionOfView, statementsOf } from '../../src/projection-runtime/apply';
import { createTables } from '../../src/projection-runtime/builds';
import { readCatalog } from '../../src/projection-runtime/catalog';
import type { AnyProjector, Open } from '../../src/projection-runtime/projector';
import type { Sealed } from '../../src/vault/port';
import { createTestDatabase, type TestDatabase } from './database';

/** An event as a specification writes it; everything but type and data has a default. */
export interface GivenEvent {
  type: string;
  data: object;
  /** Default: one stream for all. */
  stream?: string;
  tenant?: string;
  actor?: Actor;
  /** When it was decided, ISO 8601; default: a second after the one before. */
  at?: string;
  /** Version of `data`; default: the newest. */
  v?: number;
}

/** Rows of every table of the view, ordered by primary key. */
export type Tables = Record<string, Record<string, any>[]>;

export interface ProjectorSpecification {
  /**
   * Runs the events through the projector on real Postgres, in one batch, one by one and in random splits, and asserts
   * that the rows are the same every time.
   */
  given(events: readonly GivenEvent[]): Promise<Tables>;
}

const RANDOM_SPLITS = 3;

/**
 * Call it inside `describe`: it keeps a database for the tests of one projector.
 * @param open what a sealed text says, null once erased; default: its ciphertext as it stands
 */
export function projectorSpecification(projector: AnyProjector, open: Open = ({ ciphertext }) => ciphertext): ProjectorSpecification {
  const projection = projectionOfView(projector);
  const vault = { open: async (_tenant: string, sealed: readonly Sealed[]) => sealed.map(open) };
  let database: TestDatabase;
  let pool: Pool;
  let runs = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    pool = createPool(database.url, { max: 2, applicationName: 'projector specification' });
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  async function run(events: readonly RecordedEvent[], ends: readonly number[]): Promise<Tables> {
    const schema = `run_${++runs}`;
    await inTransaction(pool, async (client) => createTables(client, schema, await readFile(projector.tables, 'utf8')));
    const catalog = await readCatalog(pool, schema);
    let begin = 0;
    for (const end of ends) {
      const statements = statementsOf(await effectsOf(projection, events.slice(begin, end), { catalog, schema, vault }));
      await inTransaction(pool, async (client) => {
        for (const { text, values } of statements) await client.query(text, values);
      });
      begin = end;
    }
    const tables: Tables = {};
    for (const table of catalog.keys()) {
      const keys = await primaryKey(pool, schema, table);
      const order = keys.map((key) => `${escapeIdentifier(key)}::text collate "C"`).join(', ') || '1';
      tables[table] = (await pool.query(`select * from ${escapeIdentifier(schema)}.${escapeIdentifier(table)} order by ${order}`)).rows;
    }
    await pool.query(`drop schema ${escapeIdentifier(schema)} cascade`);
    return tables;
  }

  return {
    async given(events) {
      const recorded = record(events, projector).filter(({ type }) => Object.hasOwn(projector.events, type));
      const whole = await run(recorded, [recorded.length]);
      const splits = [recorded.map((_, index) => index + 1), ...Array.from({ length: RANDOM_SPLITS }, () => randomSplit(recorded.length))];
      for (const ends of splits) {
        expect({ batchesEndAt: ends, rows: await run(recorded, ends) }).toEqual({ batchesEndAt: ends, rows: whole });
      }
      return whole;
    },
  };
}

function randomSplit(length: number): number[] {
  return [...Array(length).keys()].filter((end) => end > 0 && Math.random() < 0.4).concat(length);
}

function record(events: readonly GivenEvent[], projector: AnyProjector): RecordedEvent[] {
  const revisions = new Map<string, bigint>();
  return events.map(({ type, data, stream = 'given-1', tenant = 'tenant-1', actor = { kind: 'system', id: 'given' }, at, v }, index) => {
    const revision = (revisions.get(stream) ?? -1n) + 1n;
    revisions.set(stream, revision);
    const when = at ?? new Date(Date.UTC(2026, 0, 1) + index * 1_000).toISOString();
    const id = randomUUID();
    return {
      id, stream, revision, type,
      position: BigInt(index + 1) * 10n,
      data: JSON.parse(JSON.stringify(data)),
      metadata: {
        $correlationId: id, $causationId: id, commandId: id, actor, tenant,
        v: v ?? projector.events[type]?.version ?? 1, at: when, prev: null,
      },
      recordedAt: new Date(when),
    };
  });
}

async function primaryKey(pool: Pool, schema: string, table: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select a.attname as name from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
     where i.indisprimary and i.indrelid = format('%I.%I', $1::text, $2::text)::regclass
     order by array_position(i.indkey::int[], a.attnum::int)`,
    [schema, table]);
  return rows.map(({ name }) => name);
}

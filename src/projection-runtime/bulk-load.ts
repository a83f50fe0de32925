import type { Pool } from 'pg';
import { inTransaction } from '../postgres/pool';
import { Fenced, OF_BUILD, partsOf, schemaOf, type BuildId } from './checkpoints';

/**
 * Loading a long log into tables is about twice as fast without their secondary indexes, which are then made in one go.
 * Their definitions are kept with the checkpoint meanwhile. Primary keys and unique indexes stay.
 * @throws Fenced
 */
export async function setIndexesAside(pool: Pool, id: BuildId, epoch: bigint): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ name: string; definition: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name, pg_get_indexdef(i.indexrelid) as definition
       from pg_index i
       join pg_class c on c.oid = i.indexrelid
       join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = $1 and not i.indisunique
         and not exists (select from pg_constraint k where k.conindid = i.indexrelid)`,
      [schemaOf(id)],
    );
    if (rows.length === 0) return;
    for (const { name } of rows) await client.query(`drop index ${name}`);
    const { rowCount } = await client.query(
      `update projection_checkpoint set indexes_aside = indexes_aside || $5::text[] where ${OF_BUILD} and epoch = $4`,
      [...partsOf(id), epoch, rows.map(({ definition }) => definition)],
    );
    if (rowCount !== 1) throw new Fenced(id);
  });
}

/** Makes the indexes that were set aside; without any it does nothing. @throws Fenced */
export async function makeIndexes(pool: Pool, id: BuildId, epoch: bigint): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ indexes_aside: string[] }>(
      `select indexes_aside from projection_checkpoint where ${OF_BUILD} and epoch = $4 for update`,
      [...partsOf(id), epoch],
    );
    if (!rows[0]) throw new Fenced(id);
    if (rows[0].indexes_aside.length === 0) return;
    for (const definition of rows[0].indexes_aside) await client.query(definition);
    await client.query(`update projection_checkpoint set indexes_aside = '{}' where ${OF_BUILD}`, partsOf(id));
  });
}

import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../postgres/pool';
import { buildsOf, dropBuild, startRebuild } from './builds';
import { CONTROL_CHANNEL } from './leases';
import type { AnyProjector } from './projector';

export type RequestCommand = 'rebuild' | 'retry' | 'skip' | 'drop';

interface OpenRequest {
  id: string;
  name: string;
  command: RequestCommand;
}

/** What was done, in words for the operator. */
interface Outcome {
  accepted: boolean;
  outcome: string;
}

const refused = (outcome: string): Outcome => ({ accepted: false, outcome });
const accepted = (outcome: string): Outcome => ({ accepted: true, outcome });

/** Asks the owner of a projection for something. @returns the id of the request */
export async function request(pool: Pool, name: string, command: RequestCommand): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `with asked as (insert into projection_request (name, command) values ($1, $2) returning id)
     select id, pg_notify('${CONTROL_CHANNEL}', '') from asked`,
    [name, command],
  );
  return rows[0]!.id;
}

/**
 * Carries out every open request about a projection that `owner` owns, each in a transaction with its answer.
 * @returns whether there was any
 */
export async function answerRequests(pool: Pool, owner: string, projectors: readonly AnyProjector[], store: string): Promise<boolean> {
  for (let any = false; ; any = true) {
    const found = await inTransaction(pool, async (client) => {
      const { rows } = await client.query<OpenRequest>(
        `select r.id, r.name, r.command from projection_request r
         where r.done_at is null
           and exists (
             select from projection_checkpoint c
             where c.name = r.name and c.owner = $1 and (c.role <> 'retired' or r.command = 'drop'))
         order by r.id limit 1 for update of r skip locked`,
        [owner],
      );
      if (!rows[0]) return false;
      const { accepted, outcome } = await carryOut(client, rows[0], owner, projectors, store);
      await client.query(
        'update projection_request set done_at = now(), accepted = $2, outcome = $3 where id = $1', [rows[0].id, accepted, outcome]);
      return true;
    });
    if (!found) return any;
  }
}

async function carryOut(
  client: PoolClient,
  { id, name, command }: OpenRequest,
  owner: string,
  projectors: readonly AnyProjector[],
  store: string,
): Promise<Outcome> {
  switch (command) {
    case 'rebuild':
      return rebuild(client, name, projectors, store);
    case 'retry':
      return retry(client, name, owner);
    case 'skip':
      return skip(client, name, owner, id);
    case 'drop':
      return drop(client, name);
  }
}

async function rebuild(client: PoolClient, name: string, projectors: readonly AnyProjector[], store: string): Promise<Outcome> {
  const projector = projectors.find((each) => each.name === name);
  if (!projector) return refused(`${name} is a reactor: what it asked for was asked for once, so it is never rebuilt`);
  const building = (await buildsOf(client, name)).find(({ role }) => role === 'building');
  if (building) return refused(`${name} v${building.version}.${building.build} is being built already`);
  const { version, build } = await startRebuild(client, projector, store);
  return accepted(`${name} v${version}.${build} is being built from the start of the log`);
}

async function retry(client: PoolClient, name: string, owner: string): Promise<Outcome> {
  const { rowCount } = await client.query(
    "update projection_checkpoint set state = 'running', updated_at = now() where name = $1 and owner = $2 and state = 'stopped'",
    [name, owner]);
  return rowCount ? accepted(`${name} tries again`) : refused(`${name} is not stopped`);
}

/** Leaves out the one event that stopped the projection, and keeps a record of it. A rebuild meets the event again. */
async function skip(client: PoolClient, name: string, owner: string, requestId: string): Promise<Outcome> {
  const { rows } = await client.query<{ position: string; event_type: string }>(
    `with stopped as (
       select * from projection_checkpoint where name = $1 and owner = $2 and state = 'stopped' and error_position is not null for update
     ), recorded as (
       insert into projection_skip (name, version, build, position, event_type, error, request_id)
       select name, version, build, error_position, error_event_type, error, $3 from stopped
       returning *
     )
     update projection_checkpoint c
     set position = r.position, state = 'running', error = null, error_position = null, error_event_type = null, updated_at = now()
     from recorded r where c.name = r.name and c.version = r.version and c.build = r.build
     returning r.position, r.event_type`,
    [name, owner, requestId],
  );
  if (!rows[0]) return refused(`${name} is not stopped before an event`);
  return accepted(`${name} goes on without the event ${rows[0].event_type} at ${rows[0].position}`);
}

async function drop(client: PoolClient, name: string): Promise<Outcome> {
  const retired = (await buildsOf(client, name)).filter(({ role }) => role === 'retired');
  for (const build of retired) await dropBuild(client, build);
  if (retired.length === 0) return refused(`${name} has no former builds`);
  return accepted(`${retired.length} former builds of ${name} were dropped`);
}

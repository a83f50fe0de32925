import type { WaitTicket } from '../../schema/key-pool/types';
import { holderOf } from '../../schema/run/holder';
import type { RunOutput } from '../../schema/run/parts';
import type { Run } from '../../schema/run/types';
import { defineLoader, groupedInOrderOf, inOrderOf } from '../../src/graphql/loader';
import { compile, sql } from '../../src/graphql/sql';
import { tenantOf } from '../../src/graphql/tenant';
import { waitTicketById } from '../key-pool/loaders';
import { visible } from '../visibility';
import {
  stepsOf, toOutput, toRun, toStep, type KeptStep, type RunDetailsRow, type RunOutputRow, type RunRow, type RunStepRow,
} from './sql';

/** Runs the caller may see, by id. The other loaders are for runs that were found by this one, or in a list of such. */
export const runById = defineLoader<string, Run>('runById', async (context, ids) => {
  const { text, values } = compile(sql`select * from views.runs where ${visible(context, 'runs:read', 'requested_by')} and id = any(${ids})`);
  return inOrderOf(ids, (await context.db.query<RunRow>(text, values)).map(toRun), (run) => run.id);
});

/** What is long about generations. */
export const detailsOfRun = defineLoader<string, RunDetailsRow>('detailsOfRun', async (context, runIds) => {
  const { text, values } = compile(sql`select * from views.run_details where tenant_id = ${tenantOf(context)} and run_id = any(${runIds})`);
  return inOrderOf(runIds, await context.db.query<RunDetailsRow>(text, values), (details) => details.run_id);
});

/** The stages of generations that were kept, in order. */
export const stepsOfRun = defineLoader<string, KeptStep[]>('stepsOfRun', async (context, runIds) => {
  const { text, values } = compile(stepsOf(tenantOf(context), runIds));
  const rows = await context.db.query<RunStepRow>(text, values);
  return groupedInOrderOf(runIds, rows, (row) => row.run_id).map((steps) => steps.map(toStep));
});

/** The files that runs made, in the vendor's order. */
export const outputsOfRun = defineLoader<string, RunOutput[]>('outputsOfRun', async (context, runIds) => {
  const { text, values } = compile(
    sql`select * from views.run_outputs where tenant_id = ${tenantOf(context)} and run_id = any(${runIds}) order by run_id, ordinal`);
  const rows = await context.db.query<RunOutputRow>(text, values);
  return groupedInOrderOf(runIds, rows, (row) => row.run_id).map((outputs) => outputs.map(toOutput));
});

/** The tickets with which runs wait for a provider key now. */
export const ticketOfRun = defineLoader<string, WaitTicket>('ticketOfRun', async (context, runIds) => {
  const holders = runIds.map(holderOf);
  const { text, values } = compile(sql`select id from views.wait_tickets where tenant_id = ${tenantOf(context)} and holder = any(${holders})`);
  const ids = (await context.db.query<{ id: string }>(text, values)).map(({ id }) => id);
  if (ids.length === 0) return runIds.map(() => undefined);
  // Anew each time: a ticket that waits changes with all others.
  const tickets = (await waitTicketById.load(context, ids)).filter((ticket) => ticket !== undefined);
  return inOrderOf(holders, tickets, (ticket) => ticket.holder);
});

import { WaitReason, type WaitTicket } from '../../schema/key-pool/types';
import { RunStage, RunState } from '../../schema/run/enums';
import { holderOf } from '../../schema/run/holder';
import type { RunStep } from '../../schema/run/parts';
import type { Run } from '../../schema/run/types';
import type { Context } from '../../src/graphql/context';
import { tenantOf } from '../../src/graphql/tenant';
import { readTogether } from '../../src/graphql/together';
import { WAIT_TICKETS, type WaitTicketRow } from '../key-pool/sql';
import { withReasons } from '../key-pool/wait-tickets';
import { isLeftAlone } from './acts';

/** Not yet when it was only asked for: its ticket may be seen before the stage at which it began to wait. */
const WAITING: readonly RunState[] = [RunState.QUEUED, RunState.SUBMITTED, RunState.POLLING];

/** Whether it may stand in the queue of its pool: before it is submitted, or when the work on it went to another server. */
export const mayWait = (run: Run): boolean => run.operation !== null && WAITING.includes(run.state) && !isLeftAlone(run);

/** The tickets of runs, by tenant and holder. One reading serves all who follow a run; pools are shared, so it sees the tickets of all. */
const readTickets = readTogether<{ pool: string; holder: string }, WaitTicket>(async (context, runs) => {
  const wanted = [...runs.values()];
  const rows = await context.db.query<WaitTicketRow>(
    `${WAIT_TICKETS} where t.holder = any($2)`, [[...new Set(wanted.map(({ pool }) => pool))], wanted.map(({ holder }) => holder)]);
  const tickets = new Map((await withReasons(context, rows)).map((ticket) => [ticket.id, ticket]));
  return new Map(rows.map(({ id, tenant_id, holder }) => [keyOf(tenant_id, holder), tickets.get(id)!]));
});

const keyOf = (tenant: string, holder: string): string => `${tenant}\n${holder}`;

/** The stage at which a run waits for a provider key now; undefined when it does not. */
export async function waitingStep(context: Context, run: Run): Promise<RunStep | undefined> {
  if (run.pool === null) return undefined;
  const holder = holderOf(run.id);
  const ticket = await readTickets(context, keyOf(tenantOf(context), holder), { pool: run.pool, holder });
  return ticket && stepOf(ticket, run, context.now());
}

function stepOf({ place, reason, retryAfterMs, estimatedWaitMs }: WaitTicket, { attempt }: Run, at: Date): RunStep {
  return {
    stage: stageOf(reason), attempt, at, position: place, reason, retryAfterMs, estimatedWaitMs,
    keyName: null, jobId: null, vendorStatus: null, httpStatus: null,
  };
}

function stageOf(reason: WaitReason): RunStage {
  switch (reason) {
    case WaitReason.TURN: return RunStage.WAITING_TURN;
    case WaitReason.RPM: return RunStage.WAITING_RPM;
    default: return RunStage.WAITING_KEY;
  }
}

const SAME_MOMENT_MS = 1_000;

/** Whether they tell the same: a rate that reopens at the same moment is nearer each time it is looked at. */
export function isSameWait(one: RunStep, other: RunStep): boolean {
  return one.stage === other.stage && one.position === other.position && one.reason === other.reason && isSameMoment(reopening(one), reopening(other));
}

const reopening = ({ at, retryAfterMs }: RunStep): number | null => (retryAfterMs === null ? null : at.getTime() + retryAfterMs);

function isSameMoment(one: number | null, other: number | null): boolean {
  return one === null || other === null ? one === other : Math.abs(one - other) < SAME_MOMENT_MS;
}

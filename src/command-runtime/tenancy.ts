import type { Refusal } from '../../schema/errors/catalogue';
import type { AnyAggregate, Decision } from './aggregate';
import type { PendingCommand } from './pending';
import type { StreamState } from './stream-state';

const NOT_FOUND: Refusal = { code: 'E4041', rule: 'not_found', message: 'There is no such object, or it is not yours.' };

/**
 * Commands that may be decided together on a stream, and those of other tenants. The tenant of a stream that has no
 * events yet is whoever's command comes first; the others wait until it is known whether that one began it.
 */
export function byTenancy({ aggregate, tenant }: StreamState, commands: readonly PendingCommand[]): { own: readonly PendingCommand[]; foreign: PendingCommand[] } {
  if (aggregate.tenancy === 'shared') return { own: commands, foreign: [] };
  const owner = tenant ?? commands[0]?.context.tenant;
  const own = commands.filter(({ context }) => context.tenant === owner);
  return { own, foreign: own.length === commands.length ? [] : commands.filter(({ context }) => context.tenant !== owner) };
}

/** What somebody of another tenant is told: the same as if there were no such stream. */
export function refusalOfStranger(aggregate: AnyAggregate, command: unknown): Refusal {
  const decision: Decision<unknown> = aggregate.decide(aggregate.initial(), command);
  return 'refusal' in decision ? decision.refusal : NOT_FOUND;
}

import { randomUUID } from 'node:crypto';
import { DEFAULT_SLUG } from '../../schema/tenant/events';
import { networkOf } from '../../src/auth/throttle';
import type { CommandRuntime } from '../../src/command-runtime/port';
import { addressOf } from '../../src/graphql/address';
import { actorOf, type Context } from '../../src/graphql/context';
import type { RefusalRecorder } from '../../src/graphql/refusals';
import type { Log } from '../../src/postgres/log';
import type { Sealed, Vault } from '../../src/vault/port';
import { tenantIdOf } from '../tenant/tenant-id';
import { refusedActs } from './decider';
import { createShares, type Share } from './share';
import { subjectsOf } from './subjects';

type Caller = Pick<Context, 'principal' | 'address' | 'correlationId' | 'requestId'>;

/** Whoever was refused waits for this; it must not take long when the log is away. */
const PATIENCE_MS = 2_000;
/** Strangers belong to no tenant: what they tried is told to the people who run the server. */
const TENANT_OF_STRANGERS = tenantIdOf(DEFAULT_SLUG);
/** Refusals of one caller that are kept in a minute. */
export const OF_A_CALLER = 30;
/** Of all strangers together: whoever has a whole network has ever new addresses. */
export const OF_STRANGERS = 300;
/** Whose key seals the addresses of strangers. */
const STRANGERS = 'strangers';

export interface RefusalServices {
  commands: CommandRuntime;
  vault: Vault;
  log: Log;
  clock: () => Date;
}

/** Writes refusals into one stream a tenant and day. */
export function createRefusalRecorder({ commands, vault, log, clock }: RefusalServices): RefusalRecorder {
  const shares = createShares(() => clock().getTime());
  return {
    async record(caller, { act, refusal, input }) {
      try {
        const unrecorded = shares.take(...sharesOf(caller));
        if (unrecorded === undefined) return;
        const { code, rule } = refusal;
        const tenant = tenantOf(caller);
        const now = clock();
        const commandId = randomUUID();
        await commands.execute(
          refusedActs, `${tenant}-${now.toISOString().slice(0, 10)}`,
          { type: 'RecordRefusal', act, code, rule, subjects: subjectsOf(input), address: await sealedAddress(caller), unrecorded },
          {
            commandId, correlationId: caller.correlationId, causationId: commandId, actor: actorOf(caller.principal), tenant,
            requestId: caller.requestId, deadline: now.getTime() + PATIENCE_MS,
          },
        );
      } catch (error) {
        log.warn({ err: error, correlationId: caller.correlationId }, 'A refused act could not be written down');
      }
    },
  };

  async function sealedAddress({ principal, address }: Caller): Promise<Sealed> {
    return (await addressOf({ principal, address, vault })) ??
      vault.seal({ tenant: TENANT_OF_STRANGERS, subject: STRANGERS, field: 'address' }, address);
  }
}

function tenantOf({ principal }: Caller): string {
  return principal.kind === 'anonymous' ? TENANT_OF_STRANGERS : principal.tenantId;
}

/** Whose share it is: a person's, a client's, or that of a stranger's network and of all strangers. */
function sharesOf({ principal, address }: Caller): Share[] {
  const { kind, id } = actorOf(principal);
  if (kind !== 'anonymous') return [{ name: `${kind} ${id}`, aMinute: OF_A_CALLER }];
  return [{ name: `network ${networkOf(address)}`, aMinute: OF_A_CALLER }, { name: STRANGERS, aMinute: OF_STRANGERS }];
}

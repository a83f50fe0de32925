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
import { createShares } from './share';
import { subjectsOf } from './subjects';

type Caller = Pick<Context, 'principal' | 'address' | 'correlationId' | 'requestId'>;

/** Whoever was refused waits for this; it must not take long when the log is away. */
const PATIENCE_MS = 2_000;
/** Strangers belong to no tenant: what they tried is told to the people who run the server. */
const TENANT_OF_STRANGERS = tenantIdOf(DEFAULT_SLUG);
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
        const unrecorded = shares.take(nameOf(caller));
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

/** Whose share it is: a person's, a client's, or that of a stranger's network. */
function nameOf({ principal, address }: Caller): string {
  const { kind, id } = actorOf(principal);
  return kind === 'anonymous' ? `network ${networkOf(address)}` : `${kind} ${id}`;
}

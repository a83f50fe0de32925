import { randomBytes, randomUUID } from 'node:crypto';
import { graphql, parse, subscribe, type ExecutionResult } from 'graphql';
import { answerMessageTask } from '../../../commands/chat-session/reactor';
import { user } from '../../../commands/user/decider';
import { provisionVirtualKeyTask, type ProvisioningServices } from '../../../commands/virtual-key/reactor';
import type { CommandContext, CommandRuntime } from '../../../src/command-runtime/port';
import type { Auth } from '../../../src/auth/port';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import type { EventStore } from '../../../src/event-store/port';
import type { Context, Db, Principal, Role } from '../../../src/graphql/context';
import { contextMaker, type Services } from '../../../src/graphql/make-context';
import { toGlobalId } from '../../../src/graphql/node';
import { buildApiSchema } from '../../../src/graphql/schema';
import { createIdempotencyStore } from '../../../src/idempotency/store';
import { startJobs } from '../../../src/jobs/worker';
import { createLiveFeeds } from '../../../src/live/feeds';
import { createOutputStreams } from '../../../src/live/output-streams';
import { projectors, reactors, resolvers } from '../../../src/registry';
import type { Llm } from '../../../src/upstreams/llm';
import { createTenantReads } from '../../../src/postgres/tenant-reads';
import { createVault, type ErasingVault } from '../../../src/vault/vault';
import { person as principalOf } from '../../support/principals';
import { authOn } from '../../support/auth';
import { plainSetting, refusalsInMemory } from '../../support/services';
import { createSetting } from '../projection-runtime/setting';

export interface Person {
  userId: string;
  /** As the API names them. */
  id: string;
  role: Role;
  tenantId: string;
}

export interface ApiSetting {
  store: EventStore;
  commands: CommandRuntime;
  vault: ErasingVault;
  auth: Auth;
  /** Every statement the API has sent to the views so far. */
  statements: string[];
  /** Makes a user who is in the log and in the views. */
  person(role?: Role, tenantId?: string, more?: { note?: string; tier?: string }): Promise<Person>;
  /**
   * Runs a document; a top-level error is a failed test. `who` sees at least what anyone has written before: a person by
   * a session, or a principal that proves itself in another way.
   */
  ask(who: Person | Principal, document: string, variables?: Record<string, unknown>): Promise<Record<string, any>>;
  /** Opens a subscription and answers it, or its refusal. */
  follow(who: Person, document: string, variables?: Record<string, unknown>): Promise<AsyncGenerator<ExecutionResult> | ExecutionResult>;
  close(): Promise<void>;
}

/** The product's API and jobs over a log in memory and a database of its own; only the vendors are the test's. */
export async function createApiSetting({ llm, litellm }: { llm: Llm; litellm: ProvisioningServices['litellm'] }): Promise<ApiSetting> {
  const setting = await createSetting();
  const { pool, store, notifications } = setting;
  const vault = await createVault({ pool, masterKey: randomBytes(32) });
  const projections = await setting.runtime({ vault, projectors, reactors });
  const live = createLiveFeeds({ pool, reads: setting.reads, notifications, projectors, advances: projections });
  const outputs = createOutputStreams({ pool, notifications });
  const commands = createCommandRuntime({ store });
  const auth = authOn(pool);
  const services = { commands, vault, auth, llm, litellm, outputs, clock: () => new Date(), simulatedLlm: true };
  const jobs = await startJobs({
    pool,
    tasks: {
      'settle-standing': async () => {},
      'provision-virtual-key': provisionVirtualKeyTask(services),
      'answer-message': answerMessageTask(services),
    },
  });
  const schema = buildApiSchema(resolvers);
  const statements: string[] = [];
  const db: Db = { query: async <Row extends object>(text: string, values: readonly unknown[] = []) => (await pool.query<Row>(text, [...values])).rows };
  const reads = createTenantReads(setting.url, { max: 4, applicationName: 'reads of the test' });
  const dbOf = (principal: Principal): Db => {
    const own = reads.of(principal.kind === 'anonymous' ? undefined : principal.tenantId);
    return {
      query: (text, values) => {
        statements.push(text);
        return own.query(text, values);
      },
    };
  };
  const makeContext = contextMaker({
    commands, db: dbOf, dbOfServer: db, live, outputs, vault, auth, idempotency: createIdempotencyStore(db), now: () => new Date(), newId: randomUUID,
    setting: plainSetting, refusals: refusalsInMemory(),
  } as Partial<Services> as Services);

  async function contextOf(who: Person | Principal): Promise<Context> {
    const id = randomUUID();
    const principal = 'kind' in who ? who : principalOf(who.userId, who.role, who.tenantId);
    return makeContext({
      requestId: id, correlationId: id, principal, address: '', device: '',
      signal: new AbortController().signal, minPosition: await store.head(), setSessionCookie: () => {},
    });
  }

  return {
    store, commands, vault, auth, statements,
    async person(role = 'user', tenantId = 't1', { note, tier = 'free' } = {}) {
      const userId = randomUUID();
      const command: CommandContext = { commandId: userId, correlationId: userId, causationId: userId, actor: { kind: 'system', id: 'test' }, tenant: tenantId };
      const sealed = await vault.seal({ tenant: tenantId, subject: userId, field: 'name' }, `Name of ${userId}`);
      await commands.execute(user, userId, {
        type: 'CreateUser', userId, tenantId, loginName: userId, email: sealed, displayName: sealed, role, organization: null, tier,
        note: note === undefined ? null : await vault.seal({ tenant: tenantId, subject: userId, field: 'note' }, note),
      }, command);
      return { userId, id: toGlobalId('User', userId), role, tenantId };
    },
    async ask(who, document, variables) {
      const { data, errors } = await graphql({ schema, source: document, variableValues: variables, contextValue: await contextOf(who) });
      if (errors || !data) throw new Error(JSON.stringify(errors));
      return JSON.parse(JSON.stringify(data)) as Record<string, any>;
    },
    async follow(who, document, variables) {
      const followed = await subscribe({ schema, document: parse(document), variableValues: variables, contextValue: await contextOf(who) });
      return followed as AsyncGenerator<ExecutionResult> | ExecutionResult;
    },
    async close() {
      await live.close();
      await jobs.stop();
      await outputs.close();
      await commands.close();
      await reads.close();
      await setting.close();
    },
  };
}

import { randomUUID } from 'node:crypto';
import { chatSession, type ChatSessionCommand } from '../../commands/chat-session/decider';
import { messagePlace, titlePlace } from '../../commands/chat-session/sealed-places';
import { keyAlias } from '../../commands/key-alias/decider';
import { keyPool } from '../../commands/key-pool/decider';
import { loginName } from '../../commands/login-name/decider';
import { run } from '../../commands/run/decider';
import { tenant } from '../../commands/tenant/decider';
import { user } from '../../commands/user/decider';
import { virtualKey } from '../../commands/virtual-key/decider';
import type { CommandContext, CommandRuntime } from '../../src/command-runtime/port';
import type { Vault } from '../../src/vault/port';

/** How much a log holds. About 6 events a question, 3 a lease, 2 a user, 3 a key. */
export interface LogSize {
  users: number;
  chats: number;
  questionsPerChat: number;
  leases: number;
}

/** Actors at a time; each goes through its life step by step, so their events lie mixed in the log. */
const AT_ONCE = 96;
const TENANT = 'bench';
const POOLS = ['openai', 'anthropic', 'google', 'mistral'];
const ANSWER = 'The water cycle describes how water evaporates from the surface of the earth, rises, cools and condenses into rain or snow, and falls again.';

/** Writes the log of a school that has been in use for a while: by commands of the product, sealed as in life. */
export async function writeRealisticLog(commands: CommandRuntime, vault: Vault, { users, chats, questionsPerChat, leases }: LogSize): Promise<void> {
  const who = Array.from({ length: users }, () => randomUUID());
  await send(commands, tenant, TENANT, { type: 'CreateTenant', tenantId: TENANT, slug: 'bench', name: 'Bench School' }, contextOf('start'));
  for (const provider of POOLS) for (let n = 0; n < 4; n++) await addProviderKey(provider, n);

  const lives = [
    ...who.map((userId, index) => () => beUser(userId, index)),
    ...Array.from({ length: chats }, (_, index) => () => chat(who[index % users]!)),
    ...Array.from({ length: leases }, (_, index) => () => lease(POOLS[index % POOLS.length]!, who[index % users]!)),
  ];
  let next = 0;
  const order = shuffled(lives.length);
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let index = next++; index < lives.length; index = next++) await lives[order[index]!]!();
  }));

  function addProviderKey(provider: string, n: number): Promise<unknown> {
    const keyId = `${provider}-key-${n}`;
    return send(commands, keyPool, provider, {
      type: 'AddProviderKey', keyId, name: keyId, lastFour: '0000', fingerprint: keyId, secretRef: `${TENANT}/${keyId}`,
      concurrencyLimit: 1_000, rpmLimit: null, priority: 0, tenantScope: '*', now: Date.now(),
    }, contextOf('start'));
  }

  async function beUser(userId: string, index: number): Promise<void> {
    const context = contextOf(userId);
    const name = vault.fingerprint('login-name', userId);
    const seal = (field: string, text: string) => vault.seal({ tenant: TENANT, subject: userId, field }, text);
    const [email, displayName] = [await seal('email', `person-${index}@example.test`), await seal('displayName', `Person Number ${index}`)];
    await send(commands, loginName, name, { type: 'ClaimLoginName', userId }, context);
    await send(commands, user, userId, {
      type: 'CreateUser', userId, tenantId: TENANT, loginName: name, email, displayName, role: 'user', organization: null, note: null, tier: 'free',
    }, context);
    const keyId = randomUUID();
    await send(commands, keyAlias, keyId, { type: 'ClaimKeyAlias', keyId }, context);
    await send(commands, virtualKey, keyId, {
      type: 'IssueKey',
      request: {
        keyId, keyAlias: `key of ${userId}`, ownerId: userId, models: ['gpt-4o-mini'], maxBudget: '25.000000', budgetDuration: '30d', rpmLimit: 60,
        tpmLimit: null, maxParallelRequests: null, duration: null, lastFour: '0000', fingerprint: keyId, secretRef: keyId, simulated: true,
      },
    }, context);
    await send(commands, virtualKey, keyId, { type: 'RecordProvisioned', tokenHash: keyId.replaceAll('-', ''), expiresAt: null }, context);
  }

  async function chat(ownerId: string): Promise<void> {
    const sessionId = randomUUID();
    const say = (command: ChatSessionCommand) => send(commands, chatSession, sessionId, command, contextOf(ownerId));
    await say({ type: 'OpenChatSession', sessionId, ownerId, title: await vault.seal(titlePlace(TENANT, sessionId), 'Homework'), model: 'gpt-4o-mini' });
    for (let n = 0; n < questionsPerChat; n++) {
      const [messageId, answerId, runId] = [randomUUID(), randomUUID(), randomUUID()];
      const seal = (id: string, text: string) => vault.seal(messagePlace(TENANT, sessionId, id), text);
      const request = { runId, kind: 'chat' as const, model: 'gpt-4o-mini', provider: 'simulated', requestedBy: ownerId, simulated: true, sessionId, messageId };
      await say({ type: 'PostMessage', messageId, answerId, runId, text: await seal(messageId, `What is step ${n} of the water cycle?`), by: ownerId });
      await send(commands, run, runId, { type: 'RequestRun', request }, contextOf(ownerId));
      await send(commands, run, runId, { type: 'StartRun', attempt: 1 }, contextOf(ownerId));
      await say({ type: 'StartAnswer', answerId });
      await say({ type: 'CompleteAnswer', answerId, text: await seal(answerId, ANSWER) });
      await send(commands, run, runId, { type: 'CompleteRun', promptTokens: 20, completionTokens: 60, cost: null, durationMs: 900, outputRef: null }, contextOf(ownerId));
    }
  }

  async function lease(provider: string, holder: string): Promise<void> {
    const ticketId = `${provider}/${randomUUID()}`;
    const context = contextOf(holder);
    const request = { type: 'RequestLease' as const, ticketId, requestId: ticketId, tenant: TENANT, holder, ttlMs: 120_000, maxWaitMs: 60_000, now: Date.now() };
    const token = await send(commands, keyPool, provider, request, context, (state) => state.leases.get(ticketId)?.token);
    if (token === undefined) throw new Error('A pool of the bench is too small');
    await send(commands, keyPool, provider, { type: 'ReleaseLease', leaseId: ticketId, token, holder, outcome: 'ok', now: Date.now() }, context);
  }
}

/** Executes a command that must be accepted. */
const send: <State, Command, Answer>(
  commands: CommandRuntime, aggregate: Parameters<typeof commands.execute<State, Command, any>>[0], id: string, command: Command, context: CommandContext,
  answer?: (state: State) => Answer,
) => Promise<Answer | undefined> = async (commands, aggregate, id, command, context, answer) => {
  const outcome = await commands.execute(aggregate, id, command, context, answer);
  if (!outcome.accepted) throw new Error(outcome.refusal.message);
  return outcome.answer;
};

function contextOf(actorId: string): CommandContext {
  const id = randomUUID();
  return { commandId: id, correlationId: id, causationId: id, actor: { kind: 'user', id: actorId }, tenant: TENANT };
}

/** Always the same mixed order of 0 to `count - 1`. */
function shuffled(count: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  let seed = 42;
  for (let index = count - 1; index > 0; index--) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = seed % (index + 1);
    [order[index], order[other]] = [order[other]!, order[index]!];
  }
  return order;
}

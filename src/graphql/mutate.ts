import canonicalize from 'canonicalize';
import { v5 as uuidv5 } from 'uuid';
import { catalogue, RefusedError, type Refusal } from '../../schema/errors/catalogue';
import type { CommandContext, CommandOutcome } from '../command-runtime/port';
import type { AnswerFields, IdempotencyScope, KeptAnswer } from '../idempotency/store';
import { addressOf } from './address';
import { actorOf, type Context } from './context';
import { refusalOf } from './errors';
import { limits } from './limits';
import { callerIdOf } from './tenant';
import { toUserError, type MutationPayload } from './payload';
import { invalidFields } from './validation';

export interface Mutation {
  /** Name of the GraphQL field; part of the idempotency scope. */
  name: string;
  input: object & { idempotencyKey?: string | null };
  /** Fields of the answer that are shown once: null when the answer is given again. */
  secretFields?: readonly string[];
  /** Writes the caller's network address, sealed with the caller's key, beside the events: for acts on people and access. */
  withAddress?: true;
  /** The capability writes refusals of its own, as signing in does. */
  ownRefusals?: true;
}

/** Namespace of the command ids that come from idempotency keys; must never change. */
const COMMAND_IDS = '0c1f6d1e-6b0a-5c55-9c1b-7f5d0e1c8a42';

/**
 * Runs a mutation: judges the input, makes the command's context, answers a repeat from the idempotency record, and
 * turns refusals into `errors`.
 * @param run executes the command. Its answer is kept for repeats, so it holds ids and plain scalars only. It may run a
 *   second time after a crash, with the same `commandId`: take new ids from `derivedId`, not from `newId`
 * @param present builds the payload's own fields from the answer, at the first time and at every repeat
 * @returns the payload: `present`'s fields, or none of them and `errors`
 */
export async function mutate<Answer extends AnswerFields, Fields extends object>(
  context: Context,
  mutation: Mutation,
  run: (command: CommandContext) => Promise<CommandOutcome<Answer>>,
  present: (answer: Answer) => Fields | Promise<Fields>,
): Promise<MutationPayload> {
  let kept: KeptAnswer | undefined;
  try {
    const invalid = await invalidInput(mutation.input);
    if (invalid.length > 0) return refused(invalid);
    kept = await judged(context, mutation, run);
    if ('refusal' in kept) return refused([kept.refusal]);
    seeOwnWrite(context, BigInt(kept.position));
    const fields = await present(kept.answer as Answer);
    return { ...fields, position: kept.position, revision: kept.revision, errors: [] };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal) return refused([refusal]);
    throw error;
  }

  function refused(refusals: readonly Refusal[]): MutationPayload {
    const all = refusals.flatMap((refusal) => [refusal, ...(refusal.others ?? [])]);
    const errors = all.map((refusal) => toUserError({ ...refusal, path: pathInInput(refusal.path) }, context.correlationId));
    return { position: kept?.position ?? null, revision: kept?.revision ?? null, errors };
  }
}

/** An id that the same command makes again: for the objects it creates. `what` tells several apart. */
export function derivedId(command: CommandContext, what: string): string {
  return uuidv5(what, command.commandId);
}

/** A further command on the same story: one command id counts once on each stream. */
export function step(command: CommandContext, name: string): CommandContext {
  return { ...command, commandId: derivedId(command, name) };
}

/** Deciders name a field of their command; the caller knows it as a field of the mutation's input. */
function pathInInput(path: Refusal['path']): Refusal['path'] {
  return path === undefined || path[0] === 'input' ? path : ['input', ...path];
}

async function invalidInput(input: Mutation['input']): Promise<Refusal[]> {
  const key = input.idempotencyKey ?? undefined;
  const refusals = await invalidFields(input, 'input');
  if (key === undefined || (key.length > 0 && key.length <= limits.idempotencyKeyLength)) return refusals;
  return [...refusals, {
    code: 'V1001', rule: 'idempotency_key', path: ['input', 'idempotencyKey'],
    message: `An idempotency key has 1 to ${limits.idempotencyKeyLength} characters.`,
  }];
}

/** Once per key, or simply once when there is no key. Anonymous callers have no scope of their own, so their keys are not kept. */
async function judged<Answer extends AnswerFields>(
  context: Context, mutation: Mutation, run: (command: CommandContext) => Promise<CommandOutcome<Answer>>,
): Promise<KeptAnswer> {
  const { principal } = context;
  const key = mutation.input.idempotencyKey ?? undefined;
  const answer = async (commandId: string): Promise<KeptAnswer> => {
    try {
      const kept = keptAnswer(await run(await commandOf(context, commandId, mutation)));
      if ('refusal' in kept) await recordRefusal(context, mutation, kept.refusal);
      return kept;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal) await recordRefusal(context, mutation, refusal);
      throw error;
    }
  };
  if (key === undefined || principal.kind === 'anonymous') return answer(context.newId());

  const fingerprint = context.vault.fingerprint('idempotency', canonicalPayload(mutation.input));
  const scope = { tenant: principal.tenantId, principal: callerIdOf(context), operation: mutation.name, key };
  const commandId = uuidv5(JSON.stringify([scope.tenant, scope.principal, scope.operation, key, fingerprint]), COMMAND_IDS);
  return onceForKey(
    context, scope, fingerprint, mutation.secretFields ?? [], () => answer(commandId),
  );
}

async function onceForKey(
  { idempotency }: Context, scope: IdempotencyScope, fingerprint: string, secretFields: readonly string[], run: () => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  const claim = await idempotency.begin(scope, fingerprint);
  switch (claim.kind) {
    case 'answered':
      return claim.answer;
    case 'mismatch':
      throw new RefusedError({
        code: 'E4091', rule: 'idempotency_mismatch', path: ['input', 'idempotencyKey'],
        message: 'This idempotency key was already used for another request.',
      });
    case 'in_progress':
      throw new RefusedError({
        code: 'E4091', rule: 'in_progress', path: ['input', 'idempotencyKey'],
        message: 'The same request is still being worked on.', retryAfterMs: claim.retryAfterMs,
      });
    case 'claimed':
  }
  let done = false;
  try {
    const answer = await run();
    if (isFinal(answer)) {
      await idempotency.complete(scope, claim.claim, withoutSecrets(answer, secretFields));
      done = true;
    }
    return answer;
  } finally {
    // Nothing hangs on a release that fails: the lease then runs out by itself.
    if (!done) await idempotency.release(scope, claim.claim).catch(() => undefined);
  }
}

/** A refusal that may be otherwise in a moment is not an answer worth keeping. */
function isFinal(answer: KeptAnswer): boolean {
  return !('refusal' in answer) || !isPassing(answer.refusal);
}

/** Whether the same act may go through in a moment. */
export function isPassing({ code }: Refusal): boolean {
  return ['retry', 'wait_and_retry', 'restart_service'].includes(catalogue[code].recovery);
}

async function recordRefusal(context: Context, { name, input, ownRefusals }: Mutation, refusal: Refusal): Promise<void> {
  if (!ownRefusals && !isPassing(refusal)) await context.refusals.record(context, { act: name, refusal, input });
}

function withoutSecrets(kept: KeptAnswer, secretFields: readonly string[]): KeptAnswer {
  if ('refusal' in kept) return kept;
  return { ...kept, answer: { ...kept.answer, ...Object.fromEntries(secretFields.map((field) => [field, null])) } };
}

function keptAnswer(outcome: CommandOutcome<AnswerFields>): KeptAnswer {
  const place = { position: outcome.position.toString(), revision: outcome.revision < 0n ? null : outcome.revision.toString() };
  return outcome.accepted ? { ...place, answer: outcome.answer } : { ...place, refusal: outcome.refusal };
}

/**
 * A command of the caller.
 * @param options.withAddress see `Mutation`
 */
export async function commandOf(context: Context, commandId: string, { withAddress }: Pick<Mutation, 'withAddress'> = {}): Promise<CommandContext> {
  return {
    commandId,
    correlationId: context.correlationId,
    causationId: commandId,
    actor: actorOf(context.principal),
    tenant: context.principal.kind === 'anonymous' ? '' : context.principal.tenantId,
    requestId: context.requestId,
    ...(withAddress && { address: await addressOf(context) }),
  };
}

/** What the answer shows must not be older than what it did: the fields of the payload wait for this position. */
function seeOwnWrite(context: Context, position: bigint): void {
  if (context.minPosition === undefined || context.minPosition < position) context.minPosition = position;
}

function canonicalPayload({ idempotencyKey: _key, ...payload }: Mutation['input']): string {
  const json = JSON.stringify(payload, (_name, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  return canonicalize(JSON.parse(json)) ?? '';
}

import type { VirtualKeyRequest } from '../../schema/virtual-key/events';
import type { CommandContext, CommandRuntime } from '../../src/command-runtime/port';
import type { Actor } from '../../src/event-store/port';
import type { Task } from '../../src/jobs/port';
import { tokenHashOf, type LiteLlm, type LiteLlmOutcome } from '../../src/upstreams/litellm';
import type { SecretPlace, Vault } from '../../src/vault/port';
import { followUp, type Cause } from '../follow-up';
import { isStillAllowed, mayStillAct } from '../still-allowed';
import { keyAlias, keyAliasId } from '../key-alias/decider';
import { virtualKey } from './decider';

export const PROVISION_VIRTUAL_KEY = 'provision-virtual-key';

/** Who the commands of this job are from. */
const ACTOR = 'provision_keys';

/** LiteLLM takes an empty list for "every model"; ours means none, which has this name there. */
const NO_MODELS = ['no-default-models'];

export interface ProvisionJob extends Cause {
  keyId: string;
  /** Jobs of earlier builds do not say. */
  issuedBy?: Actor;
}

export interface ProvisioningServices {
  commands: CommandRuntime;
  vault: Vault;
  litellm: Pick<LiteLlm, 'generateKey' | 'deleteKey'>;
}

/** Where the vault keeps the secret of a virtual key. */
export function secretPlace(tenant: string, secretRef: string): SecretPlace {
  return { tenant, ref: secretRef, field: 'secret' };
}

/**
 * Brings a requested virtual key to LiteLLM and records how that went. A failure that may pass is recorded and thrown,
 * so that the job runs again; a plain no, or the last try, is final and is cleaned up after.
 */
export function provisionVirtualKeyTask(services: ProvisioningServices): Task {
  const { commands } = services;
  return async (job: ProvisionJob, { attempt, maxAttempts, signal }) => {
    const step = (name: string): CommandContext => followUp(job, ACTOR, name);
    const { state } = await commands.load(virtualKey, job.keyId);
    if (!state.exists) throw new Error(`Virtual key ${job.keyId} is not in the log`);
    if (state.standing === 'active') return;
    if (state.standing === 'failed') return cleanUp(services, job, state.request, signal);

    const outcome = await areStillAllowed(commands, job, state.request) ? await generate(services, job, state.request, signal) : NOT_ALLOWED;
    if (outcome.ok) {
      const { tokenHash, expires } = outcome;
      await commands.execute(virtualKey, job.keyId, { type: 'RecordProvisioned', tokenHash, expiresAt: utc(expires) }, step('provisioned'));
      return;
    }
    const final = !outcome.retryable || attempt >= maxAttempts;
    const { reason } = outcome;
    await commands.execute(virtualKey, job.keyId, { type: 'RecordProvisioningFailed', reason, final }, step(`failed ${attempt}`));
    if (!final) throw new Error(`Virtual key ${job.keyId} is not provisioned yet: ${reason}`);
    await cleanUp(services, job, state.request, signal);
  };
}

const NOT_ALLOWED = { ok: false, retryable: false, reason: 'Its owner may no longer have it, or whoever issued it may no longer do so' } as const;

async function areStillAllowed(commands: CommandRuntime, { tenant, issuedBy }: ProvisionJob, { ownerId, models }: VirtualKeyRequest): Promise<boolean> {
  if (!(await isStillAllowed(commands, { tenantId: tenant, userId: ownerId }, { models }))) return false;
  return !issuedBy || mayStillAct(commands, tenant, issuedBy, 'keys:write');
}

/** LiteLLM writes times with and without a zone; without one they are UTC. What cannot be read is not known: null. */
function utc(time: string | null): string | null {
  if (time === null) return null;
  const iso = time.replace(' ', 'T');
  const at = new Date(/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

async function generate(
  { vault, litellm }: ProvisioningServices, { tenant, keyId }: ProvisionJob, request: VirtualKeyRequest, signal: AbortSignal,
): Promise<LiteLlmOutcome<{ tokenHash: string; expires: string | null }>> {
  const { keyAlias: alias, ownerId, models, maxBudget, budgetDuration, rpmLimit, tpmLimit, maxParallelRequests, duration } = request;
  const key = await vault.getSecret(secretPlace(tenant, request.secretRef));
  if (key === undefined) return { ok: false, retryable: false, reason: 'The secret of this key is no longer in the vault' };
  return litellm.generateKey({
    key,
    keyAlias: alias,
    userId: ownerId,
    models: models.length > 0 ? models : NO_MODELS,
    maxBudget,
    budgetDuration,
    rpmLimit,
    tpmLimit,
    maxParallelRequests,
    duration,
    metadata: { keyledger_id: keyId },
  }, signal);
}

/**
 * After a final failure: a try whose answer was lost may have made the key all the same, and the user holds its secret.
 * Only when LiteLLM surely does not have it is its alias free again. Every part may be repeated.
 */
async function cleanUp(
  { commands, vault, litellm }: ProvisioningServices, job: ProvisionJob, request: VirtualKeyRequest, signal: AbortSignal,
): Promise<void> {
  const place = secretPlace(job.tenant, request.secretRef);
  const secret = await vault.getSecret(place);
  if (secret !== undefined) {
    const gone = await litellm.deleteKey(tokenHashOf(secret), signal);
    if (!gone.ok) throw new Error(`Virtual key ${job.keyId} failed, but may still be in LiteLLM: ${gone.reason}`);
  }
  const aliasId = keyAliasId(vault.fingerprint, job.tenant, request.keyAlias);
  await commands.execute(keyAlias, aliasId, { type: 'ReleaseKeyAlias', keyId: job.keyId }, followUp(job, ACTOR, 'release alias'));
  await vault.deleteSecret(place);
}

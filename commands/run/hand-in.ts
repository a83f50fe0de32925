import type { Refusal } from '../../schema/errors/catalogue';
import { operations } from '../../schema/run/operations';
import type { Submission, VendorTarget } from '../../src/upstreams/generation';
import type { HeldLease } from '../key-pool/key-leases';
import { isStillAllowed } from '../still-allowed';
import { clearUp, recordJob } from './clear-up';
import { fail, load, rest, RunOver, send, type Drive } from './drive';
import { calling, LeaseLost, tell, type Keys } from './drive-keys';
import { requestText } from './exchange';
import { ERASED, failures, NO_PICTURE, noKeyWithin, NOT_ALLOWED } from './failures';
import { requestPlace } from './sealed-places';
import type { KnownRun } from './state';

/** Before a call that never left is made once more. */
const SECOND_TRY_MS = 1_000;
/** Whoever was held up for so long may have been given up by others meanwhile, who have told the person to try again. */
const HELD_UP_MS = 10_000;

/** How much longer than everything else a submission goes on at a shutdown. */
const LAST_WORD_MS = 5_000;

/** The work was gone on with elsewhere before anything was said to the vendor. */
class Overtaken extends Error {}

/** Waits for a key and hands the work to the vendor. @returns the run, which the vendor has taken or may have taken */
export async function handIn(drive: Drive, keys: Keys, state: KnownRun): Promise<KnownRun> {
  const { vault, runId, attempt, asked, vendor } = drive;
  const parameters = await parametersOf(drive, state);
  const externalId = `${runId}-${attempt}`;
  // Vendors that know works by our names for them are asked by these.
  const callbackUrl = vendor.find ? undefined : drive.callbacks.urlOf(drive);
  const call = vendor.prepare(asked.operation, parameters, { externalId, callbackUrl });
  const request = await vault.seal(requestPlace(drive, attempt), requestText(call, callbackUrl));

  for (;;) {
    const lease = await keys.hold({ until: (state.begunAt ?? drive.now()) + asked.maxQueueMs });
    if ('refusal' in lease) return failForKey(drive, state, lease.refusal);
    // It may have been a long wait.
    await requireRight(drive, state);
    const { leaseId, keyId, keyName, token } = lease;
    await send(drive, { type: 'LeaseRun', attempt, leaseId, keyId, keyName, token }, `leased ${leaseId}`);
    if (lease.lost.aborted) {
      await send(drive, { type: 'RequeueRun', leaseId }, `requeue ${leaseId}`);
      keys.lost();
      continue;
    }
    drive.over.throwIfAborted();
    const at = drive.now();
    const intent = await send(drive, {
      type: 'BeginSubmission', attempt, driver: drive.driver, leaseId, externalId, endpoint: `${call.method} ${call.path}`, request, at,
    }, `begin submission ${drive.driver}`);
    // Another execution was faster: what became of its call is looked into, and none is made here.
    if (!intent.accepted || !isOurs(drive, intent.answer)) return load(drive);
    try {
      const submission = await submit(drive, lease, at, (target) => vendor.submit(call, target));
      return await submitted(drive, keys, intent.answer, submission);
    } catch (error) {
      if (error instanceof LeaseLost) keys.lost();
      else if (!(error instanceof Overtaken)) throw error;
      return load(drive);
    }
  }
}

/** @throws RunOver when whoever asked may not have it done any more */
async function requireRight(drive: Drive, state: KnownRun): Promise<void> {
  const { commands, tenant, asked } = drive;
  const needs = { scope: 'runs:write', feature: operations[asked.operation].provider } as const;
  if (!(await isStillAllowed(commands, { tenantId: tenant, userId: state.requestedBy }, needs))) await fail(drive, state, NOT_ALLOWED);
}

async function parametersOf(drive: Drive, state: KnownRun): Promise<unknown> {
  const { vault, tenant, asked } = drive;
  const person = { tenant, userId: state.requestedBy };
  await requireRight(drive, state);
  const [text] = await vault.open(tenant, [asked.parameters]);
  if (typeof text !== 'string') return fail(drive, state, ERASED);
  return (await drive.pictureOf(person, asked.operation, JSON.parse(text) as unknown)) ?? fail(drive, state, NO_PICTURE);
}

const isOurs = ({ driver }: Drive, { phase, submission }: KnownRun): boolean => phase === 'submitting' && submission?.driver === driver;

/**
 * Submits; a second time only when the first call certainly never left.
 * @param begunAt when it was sure that the work is ours to submit
 * @throws Overtaken, LeaseLost, RunOver
 */
async function submit(drive: Drive, lease: HeldLease, begunAt: number, call: (target: VendorTarget) => Promise<Submission>): Promise<Submission> {
  let sureAt = begunAt;
  const made = async (): Promise<Submission> => {
    while (drive.now() - sureAt > HELD_UP_MS) {
      sureAt = drive.now();
      if (!isOurs(drive, await load(drive))) throw new Overtaken();
    }
    const submission = await calling(drive, lease, call, cut.signal);
    await tell(drive, lease, submission.category, submission.answer);
    return submission;
  };
  const cut = cutOf(drive);
  try {
    const first = await made();
    if (!neverLeft(first)) return first;
    await rest(drive, SECOND_TRY_MS, lease.lost);
    return await made();
  } finally {
    cut.clear();
  }
}

/** What ends a submission that is on its way: the end of the run at once, a shutdown only when the vendor had time to say what it has taken. */
function cutOf({ over }: Drive): { signal: AbortSignal; clear(): void } {
  const cut = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const end = (): void => {
    if (over.reason instanceof RunOver) cut.abort(over.reason);
    else timer = setTimeout(() => cut.abort(over.reason), LAST_WORD_MS);
  };
  over.addEventListener('abort', end, { once: true });
  return {
    signal: cut.signal,
    clear() {
      over.removeEventListener('abort', end);
      clearTimeout(timer);
    },
  };
}

function neverLeft({ jobId, definite, answer, category }: Submission): boolean {
  return jobId === undefined && definite && answer.status === -1 && (category === 'network' || category === 'timeout');
}

async function submitted(drive: Drive, keys: Keys, state: KnownRun, { jobId, category = 'unknown', definite, answer }: Submission): Promise<KnownRun> {
  if (jobId !== undefined) return recordJob(drive, jobId, answer);
  if (!definite) return clearUp(drive, keys, state, { category, answer });
  await keys.giveBack('error');
  return fail(drive, state, failures[category], { category, answer });
}

function failForKey(drive: Drive, state: KnownRun, { code, rule, message }: Refusal): Promise<never> {
  if (rule === 'lease_wait_over') return fail(drive, state, noKeyWithin(drive.asked.maxQueueMs), { category: 'timeout' });
  return fail(drive, state, { code, reason: message });
}

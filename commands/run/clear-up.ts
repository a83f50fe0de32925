import type { FailureCategory } from '../../schema/run/failure-category';
import type { VendorAnswer } from '../../src/upstreams/generation';
import { callbackBell } from './callback-bell';
import { deadlineOf, fail, load, rest, sealedAnswer, send, type Drive } from './drive';
import { asking, type Keys } from './drive-keys';
import { inDoubt } from './failures';
import type { KnownRun } from './state';

/** How long is looked for it without a callback to wait for. */
const DOUBT_MS = 30_000;
/** How often is looked whether another execution has learnt of the outcome. */
const LOOK_MS = 500;

/** What is known of a call that did not tell what became of it. */
export interface LastWord {
  category: FailureCategory;
  answer: VendorAnswer;
}

/**
 * Finds out what became of a submission whose answer nobody saw: by our name for the work where the vendor knows it, by
 * the vendor's callback, or by whoever made the call when that one still lives. The work is not sent again, whatever
 * comes of it.
 * @param last left out when whoever made the call is gone
 */
export async function clearUp(drive: Drive, keys: Keys, state: KnownRun, last?: LastWord): Promise<KnownRun> {
  const { vendor, callbacks, doubtMs = DOUBT_MS, now } = drive;
  const found = vendor.find
    ? await findByName(drive, keys, state, Math.min(deadlineOf(drive, state), now() + doubtMs))
    : await calledBack(drive, callbacks.urlOf(drive) ? deadlineOf(drive, state) : last ? now() : state.submission!.at + doubtMs);
  if (found) return found;
  const category = last?.category ?? 'interrupted';
  await keys.giveBack('error');
  return fail(drive, state, inDoubt(category), { category, ...(last && { answer: last.answer }) });
}

/** Records that the vendor has taken the work. */
export async function recordJob(drive: Drive, jobId: string, answer: VendorAnswer): Promise<KnownRun> {
  const response = await sealedAnswer(drive, answer);
  await send(drive, { type: 'RecordSubmission', attempt: drive.attempt, jobId, httpStatus: answer.status, response }, `submitted ${jobId}`);
  return load(drive);
}

async function findByName(drive: Drive, keys: Keys, { lease, submission }: KnownRun, until: number): Promise<KnownRun | undefined> {
  const { vendor, asked: { operation, pollIntervalMs } } = drive;
  for (;;) {
    const report = await asking(drive, keys, { until, keyId: lease?.keyId }, (target) => vendor.find!(operation, submission!.externalId, target));
    if (report?.jobId !== undefined) return recordJob(drive, report.jobId, report.answer);
    const known = await load(drive);
    if (known.jobId !== undefined) return known;
    if (drive.now() >= until) return undefined;
    await rest(drive, Math.min(pollIntervalMs, until - drive.now()));
  }
}

/** Stands in for the answer that was lost. */
const CALLED_BACK: VendorAnswer = { status: -1, text: 'The vendor called back.', json: undefined, serviceCode: undefined, retryAfterMs: undefined };

async function calledBack(drive: Drive, until: number): Promise<KnownRun | undefined> {
  const bell = callbackBell(drive);
  try {
    for (;;) {
      const jobId = await drive.callbacks.jobIdOf(drive);
      if (jobId !== undefined) return await recordJob(drive, jobId, CALLED_BACK);
      const known = await load(drive);
      if (known.jobId !== undefined) return known;
      if (drive.now() >= until) return undefined;
      await bell.rest(Math.min(LOOK_MS, until - drive.now()));
    }
  } finally {
    bell.close();
  }
}

import type { FailureCategory } from '../../schema/run/failure-category';
import type { JobReport } from '../../src/upstreams/generation';
import { callbackBell } from './callback-bell';
import { run } from './decider';
import { deadlineOf, fail, RunOver, sealedAnswer, send, type Drive } from './drive';
import { asking, type Keys, type Wanted } from './drive-keys';
import { durationOf } from './enter-queue';
import { failures, NOT_ASKED } from './failures';
import { keepOutputs, removeOutputs } from './outputs';
import { isWithoutResult, type KnownRun } from './state';

/** So many plain refusals to tell the outcome, one after the other, end a run. */
const MOST_REFUSALS = 3;
/** How long a key is waited for to ask for fresh addresses of files. */
const FRESH_MS = 10_000;
/** Failures of a question that the next one may not have. */
const passing: readonly FailureCategory[] = ['network', 'server_error', 'rate_limit', 'timeout'];

/** Asks the vendor for the outcome until there is one, or the wait is over. @param isNew whether the work was submitted just now */
export async function followOutcome(drive: Drive, keys: Keys, state: KnownRun, isNew: boolean): Promise<void> {
  const { attempt, term, vendor, driver, asked: { operation, pollIntervalMs, maxWaitMs } } = drive;
  await send(drive, { type: 'StartPolling', attempt }, `polling ${term}`);
  const jobId = state.jobId!;
  const wanted: Wanted = { until: deadlineOf(drive, state), keyId: state.lease?.keyId };
  const bell = callbackBell(drive);
  let status = state.vendorStatus;
  let refusals = 0;
  try {
    if (isNew) await bell.rest(pollIntervalMs);
    for (let polls = 0; drive.now() < wanted.until; polls++) {
      const report = await asking(drive, keys, wanted, (target) => vendor.report(operation, jobId, target));
      if (!report) break;
      if (report.vendorStatus !== '' && report.vendorStatus !== status) {
        status = report.vendorStatus;
        await send(drive, { type: 'RecordVendorStatus', attempt, status }, `status ${polls} of ${driver}`);
      }
      if (report.state === 'succeeded') {
        // The vendor is done: its files are fetched without a key.
        await keys.giveBack('ok');
        return await succeed(drive, keys, state, report);
      }
      const { category = 'unknown', answer } = report;
      refusals = report.state === 'unknown' && !passing.includes(category) ? refusals + 1 : 0;
      if (report.state === 'failed' || refusals === MOST_REFUSALS) {
        await keys.giveBack('error');
        return await fail(drive, state, failures[category], { category, answer });
      }
      await bell.rest(Math.min(Math.max(pollIntervalMs, answer.retryAfterMs ?? 0), wanted.until - drive.now()));
    }
  } finally {
    bell.close();
  }
  const reason = drive.now() < wanted.until ? NOT_ASKED : `Timeout after ${maxWaitMs / 1_000}s`;
  await send(drive, { type: 'TimeOutRun', attempt, reason, durationMs: durationOf(state, drive.now()) }, `timed out ${term}`);
}

async function succeed(drive: Drive, keys: Keys, state: KnownRun, report: JobReport): Promise<void> {
  const { tenant, runId, attempt, term, upstream, over, vendor, asked: { operation } } = drive;
  const fresh = async () => {
    const wanted = { until: drive.now() + FRESH_MS, keyId: state.lease?.keyId };
    return (await asking(drive, keys, wanted, (target) => vendor.report(operation, state.jobId!, target)))?.assets ?? [];
  };
  try {
    const outputs = await keepOutputs(drive, { tenant, runId, attempt, vendor: upstream, signal: over, fresh }, report.assets);
    // A download that was given up is no file that is gone.
    over.throwIfAborted();
    await send(drive, {
      type: 'CompleteRun', attempt, promptTokens: null, completionTokens: null, cost: null, outputRef: null, durationMs: durationOf(state, drive.now()),
      outputs, httpStatus: report.answer.status, response: await sealedAnswer(drive, report.answer), usage: report.usage,
    }, `succeeded ${term}`);
  } catch (error) {
    if (error instanceof RunOver) await removeUnseen(drive, report.assets.length);
    throw error;
  }
}

/** Removes files of an attempt that nobody will ever see, and no others. Never throws: the run has ended, whatever lies in the store. */
async function removeUnseen(drive: Drive, count: number): Promise<void> {
  const { commands, runId, attempt, log } = drive;
  try {
    const { state } = await commands.load(run, runId);
    if (state.phase !== 'unknown' && isWithoutResult(state, attempt)) await removeOutputs(drive, drive, count);
  } catch (error) {
    log.warn({ runId, error: (error as Error).message }, 'Files of a run that ended without a result could not be removed');
  }
}

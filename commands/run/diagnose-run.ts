import { runEvents, type RunEvent } from '../../schema/run/events';
import type { DiagnosisReport, FailureCategory } from '../../schema/run/failure-category';
import type { CommandRuntime } from '../../src/command-runtime/port';
import type { Task } from '../../src/jobs/port';
import type { Log } from '../../src/postgres/log';
import type { Projected, Reactor } from '../../src/projection-runtime/projector';
import type { Llm } from '../../src/upstreams/llm';
import type { Sealed, Vault } from '../../src/vault/port';
import { causeOf, followUp, type Cause } from '../follow-up';
import { run } from './decider';
import { questionAbout, reportIn } from './model-report';
import { redact } from './redact';
import { reportPlace } from './sealed-places';
import type { Generation } from './state';

export const DIAGNOSE_RUN = 'diagnose-run';

const ACTOR = 'diagnose_runs';

/** TEST-62: a report is no place for inventions. */
const TEMPERATURE = 0.2;
/** Milliseconds a model has for a report. */
const PATIENCE_MS = 60_000;
/** Characters of an answer that are read. */
const MAX_ANSWER_LENGTH = 16_384;

interface DiagnoseJob extends Cause {
  runId: string;
  /** Revision of the run's stream at which it had failed. */
  revision: string;
  category: FailureCategory;
  httpStatus: number | null;
  serviceCode: number | null;
  reason: string;
  response: Sealed | null;
}

export interface DiagnosisServices {
  commands: CommandRuntime;
  vault: Vault;
  llm: Llm;
  /** Model that is asked. */
  llmModel: string;
  /** Whether the built-in stand-in plays the model, which has nothing to say about failures. */
  simulatedLlm: boolean;
  log: Pick<Log, 'warn'>;
}

const { RunFailed } = runEvents;
type FailedRun = Projected<Extract<RunEvent, { type: 'RunFailed' }>>;

/** Has a model say more about each failed generation, one after the other: many failures at once must not take the model from those who chat. */
export const diagnoseRunsReactor: Reactor<{ RunFailed: typeof RunFailed }> = {
  name: 'diagnose_runs',
  events: { RunFailed },
  react: (events) => (events as readonly FailedRun[]).flatMap((event) => {
    const { runId, category, httpStatus = null, serviceCode = null, reason, response = null } = event.data;
    if (!category) return [];
    const payload: DiagnoseJob = { ...causeOf(event), runId, revision: String(event.at.revision), category, httpStatus, serviceCode, reason, response };
    return [{ kind: 'job', task: DIAGNOSE_RUN, payload, jobKey: `${DIAGNOSE_RUN}:${runId}`, queue: DIAGNOSE_RUN }];
  }),
};

/**
 * Asks the configured model about a failure and records what it says. What the category says by itself is there already,
 * so whatever goes wrong here is let be, and logged where the model is to blame: no answer, or an answer of another shape.
 */
export function diagnoseRunTask(services: DiagnosisServices): Task {
  const { commands, vault, llmModel, simulatedLlm } = services;
  return async (job: DiagnoseJob, { signal }) => {
    if (simulatedLlm) return;
    const { state, revision } = await commands.load(run, job.runId);
    if (state.phase !== 'failed' || !state.generation || String(revision) !== job.revision) return;
    const question = await questionOf(vault, job, state.generation);
    if (!question) return;
    const { tenant, runId } = job;
    const report = await ask(services, runId, question, signal);
    if (!report) return;
    const sealed = await vault.seal(reportPlace({ tenant, runId }, state.attempt), JSON.stringify(report));
    await commands.execute(run, runId, { type: 'DiagnoseRun', attempt: state.attempt, model: llmModel, report: sealed }, followUp(job, ACTOR, 'diagnose run'));
  };
}

/** @returns undefined once the texts of the run were erased */
async function questionOf(vault: Vault, job: DiagnoseJob, { operation, parameters }: Generation): Promise<ReturnType<typeof questionAbout> | undefined> {
  const { tenant, category, httpStatus, serviceCode, reason } = job;
  const [asked, answered = ''] = await vault.open(tenant, job.response ? [parameters, job.response] : [parameters]);
  if (asked === null || asked === undefined || answered === null) return undefined;
  return questionAbout({ operation, category, httpStatus, serviceCode, reason, parameters: redacted(asked), response: redacted(answered) });
}

/** Both are JSON; an answer that was cut short is none, and was redacted before. */
function redacted(text: string): string {
  try {
    return JSON.stringify(redact(JSON.parse(text)));
  } catch {
    return text;
  }
}

/** @throws what `signal` was aborted with, so that the job runs again */
async function ask(
  { llm, llmModel: model, log }: DiagnosisServices, runId: string, messages: ReturnType<typeof questionAbout>, signal: AbortSignal,
): Promise<DiagnosisReport | undefined> {
  let text = '';
  try {
    for await (const part of llm.streamChat({ model, messages, temperature: TEMPERATURE, signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) })) {
      if ('text' in part) text += part.text;
      if (text.length > MAX_ANSWER_LENGTH) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ runId, error: (error as Error).message }, 'A model could not be asked about a failed run');
    return undefined;
  }
  const report = reportIn(text);
  if (!report) log.warn({ runId }, 'What a model says about a failed run is no report');
  return report;
}

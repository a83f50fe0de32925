import type { ErrorCode } from '../../schema/errors/catalogue';
import { LARGEST_COUNT } from '../../schema/run/events';
import type { Auth } from '../../src/auth/port';
import type { CommandContext, CommandRuntime } from '../../src/command-runtime/port';
import type { JobHelpers, Task } from '../../src/jobs/port';
import type { OutputStreams } from '../../src/live/port';
import type { ChatUsage, Llm } from '../../src/upstreams/llm';
import type { Vault } from '../../src/vault/port';
import { followUp, type Cause } from '../follow-up';
import { isStillAllowed } from '../still-allowed';
import { run, type RunCommand } from '../run/decider';
import { chatRun } from './chat-run';
import { conversation } from './conversation';
import { answerOf, chatSession, type Answer, type ChatSessionState } from './decider';
import { ModelFailure, modelAnswer } from './model-answer';
import { messagePlace } from './sealed-places';

export const ANSWER_MESSAGE = 'answer-message';

/** How often the model is asked; later tries of the job only record that the answer ended. */
export const MODEL_ATTEMPTS = 3;

/** Who the commands of this job are from. */
const ACTOR = 'answer_messages';

export interface AnswerJob extends Cause {
  sessionId: string;
  answerId: string;
  /** When the question was asked, ISO 8601. */
  postedAt: string;
}

export interface AnsweringServices {
  commands: CommandRuntime;
  vault: Vault;
  auth: Pick<Auth, 'usage'>;
  llm: Llm;
  outputs: OutputStreams;
  clock: () => Date;
  /** Whether the built-in stand-in plays the model. */
  simulatedLlm: boolean;
  /** Milliseconds without a word after which the model counts as dead. */
  maxSilenceMs?: number;
}

interface Failure {
  code: ErrorCode;
  reason: string;
}

const INTERRUPTED: Failure = { code: 'E5031', reason: 'The answer was interrupted. Ask again.' };
const GIVEN_UP: Failure = { code: 'E5031', reason: 'The answer could not be finished. Ask again later.' };
const NOT_ALLOWED: Failure = { code: 'B2003', reason: 'Whoever asked may no longer use this.' };
const ERASED: Failure = { code: 'B2003', reason: 'The conversation was erased.' };

/**
 * Has the model answer a question: its words go to readers as they come, the whole answer becomes one event.
 *
 * The job may be cut off anywhere and run again. As long as no reader can have seen a word, the model is asked again;
 * afterwards the answer fails as interrupted, because a second answer would not continue the first. After
 * MODEL_ATTEMPTS the job only records an end, so that no answer is left running.
 */
export function answerMessageTask(services: AnsweringServices): Task {
  const { commands, outputs } = services;
  return async (job: AnswerJob, helpers) => {
    const step = (name: string): CommandContext => followUp(job, ACTOR, name);
    const { session, answer } = await read(commands, job);
    const request = chatRun(session, answer, services.simulatedLlm);
    await commands.execute(run, answer.runId, { type: 'RequestRun', request }, step('request run'));
    const usage = await endAnswer(services, job, helpers, session, answer);
    await commands.execute(run, answer.runId, await endOfRun(services, job, usage), step('end run'));
    await outputs.finish(job.answerId, helpers.attempt);
  };
}

type Session = Extract<ChatSessionState, { exists: true }>;

async function read(commands: CommandRuntime, job: AnswerJob): Promise<{ session: Session; answer: Answer }> {
  const { state } = await commands.load(chatSession, job.sessionId);
  const answer = answerOf(state, job.answerId);
  if (!state.exists || !answer) throw new Error(`Answer ${job.answerId} is not among the newest of its session`);
  return { session: state, answer };
}

/** Brings an answer that is still running to its end. @throws when it is to be tried again */
async function endAnswer(
  { commands, vault, auth, llm, outputs, maxSilenceMs }: AnsweringServices, job: AnswerJob, { attempt, signal }: JobHelpers,
  session: Session, answer: Answer,
): Promise<ChatUsage | undefined> {
  if (answer.outcome.kind !== 'running') return undefined;
  const { tenant, sessionId, answerId } = job;
  const step = (name: string): CommandContext => followUp(job, ACTOR, name);
  const fail = async ({ code, reason }: Failure): Promise<undefined> => {
    await commands.execute(chatSession, sessionId, { type: 'FailAnswer', answerId, code, reason }, step('fail answer'));
    // Only once the failure is in the log: when we end in between, a request too many is counted rather than too few.
    await auth.usage.giveBack(session.ownerId, new Date(job.postedAt));
  };
  if (answer.outcome.begun) return fail(INTERRUPTED);
  if (attempt > MODEL_ATTEMPTS) return fail(GIVEN_UP);
  if (!(await isStillAllowed(commands, { tenantId: tenant, userId: session.ownerId }, { scope: 'chats:write', models: [session.model] }))) return fail(NOT_ALLOWED);
  const messages = await conversation(vault, tenant, session, answer.messageId);
  if (!messages) return fail(ERASED);

  let begun = false;
  const show = async (batch: string): Promise<void> => {
    if (!begun) {
      const { accepted } = await commands.execute(chatSession, sessionId, { type: 'StartAnswer', answerId }, step('start answer'));
      if (!accepted) throw new Error(`Answer ${answerId} was ended by another try`);
      begun = true;
    }
    if (!(await outputs.write(answerId, attempt, batch))) throw new Error(`Answer ${answerId} is being written by another try`);
  };
  await commands.execute(run, answer.runId, { type: 'StartRun', attempt }, step(`start run ${attempt}`));
  try {
    const { text, usage } = await modelAnswer(llm, { model: session.model, messages, signal, maxSilenceMs }, show);
    const sealed = await vault.seal(messagePlace(tenant, sessionId, answerId), text);
    await commands.execute(chatSession, sessionId, { type: 'CompleteAnswer', answerId, text: sealed }, step('complete answer'));
    return usage;
  } catch (error) {
    if (!(error instanceof ModelFailure) || (error.passing && !begun && attempt < MODEL_ATTEMPTS)) throw error;
    return fail({ code: error.code, reason: error.message });
  }
}

/** The run ends as its answer did, whichever try of the job ended that. */
async function endOfRun({ commands, clock }: AnsweringServices, job: AnswerJob, usage: ChatUsage | undefined): Promise<RunCommand> {
  const { answer: { outcome } } = await read(commands, job);
  const durationMs = recorded(clock().getTime() - Date.parse(job.postedAt));
  switch (outcome.kind) {
    case 'completed': {
      const promptTokens = usage ? recorded(usage.promptTokens) : null;
      const completionTokens = usage ? recorded(usage.completionTokens) : null;
      return { type: 'CompleteRun', promptTokens, completionTokens, cost: null, durationMs, outputRef: null };
    }
    case 'failed':
      return { type: 'FailRun', code: outcome.code, reason: outcome.reason, durationMs };
    case 'running':
      throw new Error(`Answer ${job.answerId} did not end`);
  }
}

/** Clocks and providers may say anything. */
function recorded(count: number): number {
  return Math.min(Math.max(0, Math.trunc(count)), LARGEST_COUNT);
}

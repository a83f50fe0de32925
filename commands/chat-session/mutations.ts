import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { OpenChatSessionInput, PostMessageInput } from '../../schema/chat-session/inputs';
import { OpenChatSessionPayload, PostMessagePayload } from '../../schema/chat-session/types';
import { RefusedError } from '../../schema/errors/catalogue';
import type { CommandContext, CommandOutcome } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { derivedId, mutate } from '../../src/graphql/mutate';
import { fromGlobalId } from '../../src/graphql/node';
import type { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { signedIn } from '../../src/graphql/tenant';
import { countedAs } from '../account/count-request';
import { requireModels } from '../entitlement/effective-of';
import { run } from '../run/decider';
import { user } from '../user/decider';
import { chatRun } from './chat-run';
import { answerOf, chatSession, unknownSession } from './decider';
import { messagePlace, titlePlace } from './sealed-places';

const UNTITLED = 'New chat';

@Resolver()
export class ChatSessionMutations {
  @Mutation(() => OpenChatSessionPayload, { description: 'Begins a conversation of your own with a model.' })
  @Policy('chats:write')
  openChatSession(
    @Arg('input', () => OpenChatSessionInput, { description: 'About what, and with which model.' }) input: OpenChatSessionInput,
    @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'openChatSession', input }, (command) => open(context, command, input), (opened) => opened);
  }

  @Mutation(() => PostMessagePayload, {
    description: 'Asks a question in one of your sessions. The answer comes by `answerStream`; one at a time.',
  })
  @Policy('chats:write')
  postMessage(
    @Arg('input', () => PostMessageInput, { description: 'Where, and what.' }) input: PostMessageInput, @Ctx() context: Context,
  ): Promise<MutationPayload> {
    return mutate(context, { name: 'postMessage', input }, (command) => post(context, command, input), (posted) => posted);
  }
}

async function open(
  context: Context, command: CommandContext, input: OpenChatSessionInput,
): Promise<CommandOutcome<{ sessionId: string }>> {
  const sessionId = derivedId(command, 'chat session');
  const ownerId = signedIn(context).userId;
  const model = input.model?.trim() ?? context.setting.llmModel;
  await requireModel(context, ownerId, model, ['model']);
  return context.commands.execute(chatSession, sessionId, {
    type: 'OpenChatSession',
    sessionId,
    ownerId,
    title: await context.vault.seal(titlePlace(command.tenant, sessionId), input.title?.trim() ?? UNTITLED),
    model,
  }, command, () => ({ sessionId }));
}

/** @throws RefusedError B2001 rule `model_not_granted` */
async function requireModel({ commands }: Context, userId: string, model: string, path: readonly string[]): Promise<void> {
  const { state } = await commands.recent(user, userId);
  if (state.exists && !state.deleted) await requireModels(commands, state, [model], path);
}

async function post(
  context: Context, command: CommandContext, input: PostMessageInput,
): Promise<CommandOutcome<{ messageId: string; answerId: string; runId: string }>> {
  const { commands, vault, setting } = context;
  const by = signedIn(context).userId;
  const sessionId = fromGlobalId(input.sessionId, 'ChatSession');
  const ids = { messageId: derivedId(command, 'question'), answerId: derivedId(command, 'answer'), runId: derivedId(command, 'run') };
  const { state } = await commands.load(chatSession, sessionId);
  // Judged again by the decider; here it keeps strangers from having keys made for sessions that are not theirs.
  if (!state.exists || state.ownerId !== by) throw new RefusedError(unknownSession);
  await requireModel(context, by, state.model, ['sessionId']);

  const text = await vault.seal(messagePlace(command.tenant, sessionId, ids.messageId), input.text);
  const ask = () => commands.execute(
    chatSession, sessionId, { type: 'PostMessage', ...ids, text, by }, command, (after) => answerOf(after, ids.answerId),
  );
  // A command that is sent again after a crash has been counted already.
  const isRepeat = answerOf(state, ids.answerId) !== undefined;
  const posted = isRepeat ? await ask() : await countedAs(context, ask);
  if (!posted.accepted) return posted;
  // The job requests it as well, in case we end here; now it lets the payload show the run.
  if (posted.answer) {
    const request = chatRun(state, posted.answer, setting.simulatedLlm);
    const requested = await commands.execute(run, ids.runId, { type: 'RequestRun', request }, command);
    return { ...posted, position: requested.position, answer: ids };
  }
  return { ...posted, answer: ids };
}

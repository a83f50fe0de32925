import { chatSessionEvents } from '../../schema/chat-session/events';
import type { Reactor } from '../../src/projection-runtime/projector';
import { causeOf } from '../follow-up';
import { ANSWER_MESSAGE, type AnswerJob } from './answering';

export { ANSWER_MESSAGE, answerMessageTask, type AnsweringServices } from './answering';

/** Has every question answered. */
export const answerMessagesReactor: Reactor<typeof chatSessionEvents> = {
  name: 'answer_messages',
  events: chatSessionEvents,
  react: (events) => events.flatMap((event) => {
    if (event.type !== 'MessagePosted') return [];
    const { sessionId, answerId } = event.data;
    const payload: AnswerJob = { ...causeOf(event), sessionId, answerId, postedAt: event.at.metadata.at };
    return [{ kind: 'job', task: ANSWER_MESSAGE, payload, jobKey: `${ANSWER_MESSAGE}:${answerId}` }];
  }),
};

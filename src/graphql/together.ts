import type { Context } from './context';

type Reader = Pick<Context, 'live' | 'db' | 'now'>;

/** Those who follow the same are told at the same time, and so ask at the same time. */
const TOGETHER_MS = 20;

/**
 * A reading that serves everybody of this process who asks at about the same time, whoever they are: `read` is given the
 * questions of all of them by key. For views that are shared by all tenants; each caller gets the answer to their own key.
 */
export function readTogether<Question, Answer>(
  read: (context: Pick<Context, 'db' | 'now'>, questions: ReadonlyMap<string, Question>) => Promise<ReadonlyMap<string, Answer>>,
): (context: Reader, key: string, question: Question) => Promise<Answer | undefined> {
  const batches = new WeakMap<Context['live'], { questions: Map<string, Question>; answers: Promise<ReadonlyMap<string, Answer>> }>();

  function open({ live, db, now }: Reader) {
    const questions = new Map<string, Question>();
    const answers = (async () => {
      await new Promise((resolve) => setTimeout(resolve, TOGETHER_MS));
      batches.delete(live);
      return read({ db, now }, questions);
    })();
    const batch = { questions, answers };
    batches.set(live, batch);
    return batch;
  }

  return async (context, key, question) => {
    const { questions, answers } = batches.get(context.live) ?? open(context);
    questions.set(key, question);
    return (await answers).get(key);
  };
}

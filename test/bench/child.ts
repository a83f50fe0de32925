import { fork } from 'node:child_process';

/** A module of the bench that runs as a process of its own. */
export interface Child<Ready> {
  /** What it said when it was ready. */
  ready: Ready;
  pid: number;
  /** Sends it a question and answers its answer; one at a time. */
  ask<Answer>(question: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

/**
 * Starts a module that calls `serveParent`.
 * @param file absolute path of the compiled module
 * @throws Error when it ends before it is ready or before it has answered
 */
export async function startChild<Ready>(file: string, order: unknown): Promise<Child<Ready>> {
  const child = fork(file, [], { execArgv: ['--enable-source-maps'], env: { ...process.env, NODE_ENV: 'production' } });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const next = <Message>(): Promise<Message> => new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`${file} ended with code ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as Message);
    });
  });
  child.send(order as object);
  const ready = await next<Ready>();
  return {
    ready,
    pid: child.pid!,
    ask: <Answer>(question: unknown) => {
      const answer = next<Answer>();
      child.send(question as object);
      return answer;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** What a child module does with its order, and how it answers and ends. */
export interface Service<Ready> {
  ready: Ready;
  answer?(question: unknown): Promise<unknown>;
  stop?(): Promise<void>;
}

/** The other side: takes the order, says that it is ready, answers questions, and ends with its parent. */
export function serveParent<Order, Ready>(start: (order: Order) => Promise<Service<Ready>>): void {
  const fail = (error: unknown): never => {
    console.error(error);
    process.exit(1);
  };
  process.once('message', (order) => {
    start(order as Order).then(({ ready, answer, stop }) => {
      process.on('message', (question) => void answer?.(question).then((answered) => process.send!(answered ?? null), fail));
      process.on('disconnect', () => void Promise.resolve(stop?.()).then(() => process.exit(0), fail));
      process.send!(ready ?? null);
    }, fail);
  });
}

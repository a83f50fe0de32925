import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Refusal } from '../../schema/errors/catalogue';
import { createWorkLimit } from '../auth/work-limit';
import { projectRoot } from '../paths';
import { PictureFault } from './picture-fault';
import type { SvgAnswer } from './svg-worker';

/** Loading the parser takes a second, on a busy machine many; that is no fault of the drawing. */
const LOADING_MS = 60_000;
/** The worst drawing that is accepted takes a second, on a busy machine three. */
const DEADLINE_MS = 10_000;
/** A loaded parser holds much memory, and the next drawing may come tomorrow. */
const IDLE_MS = 10_000;
const MAX_MEGABYTES = 256;
const MAX_WAITING = 20;
const busy: Refusal = {
  code: 'E4291', rule: 'logo_busy', message: 'Too many logos are being looked through at once. Try again in a moment.', retryAfterMs: 2_000,
};

/** The one that runs in the server: as it is built, because a thread loads plain JavaScript only. */
const WORKER = path.join(projectRoot, 'dist/src/images/svg-worker.js');

/**
 * `harmlessSvg` in a thread of its own, one drawing at a time: parsing is synchronous and can take a second, in which the
 * event loop serves everybody else. A drawing that takes too long or too much memory is a fault of the drawing.
 * @returns a function that throws PictureFault, and RefusedError E4291 rule `logo_busy` while too many wait
 */
export function createSvgThread({ file = WORKER, deadlineMs = DEADLINE_MS, idleMs = IDLE_MS } = {}): (sent: Buffer) => Promise<Buffer> {
  const inTurn = createWorkLimit(1, MAX_WAITING, busy);
  let idle: { worker: Worker; end: NodeJS.Timeout } | undefined;

  return (sent) => inTurn(async () => {
    const worker = await take();
    const answer = await ask(worker, sent, deadlineMs);
    keep(worker);
    if ('fault' in answer) throw new PictureFault('svg', answer.fault);
    return Buffer.from(answer.drawing);
  });

  async function take(): Promise<Worker> {
    if (!idle) return loaded(new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: MAX_MEGABYTES } }));
    const { worker, end } = idle;
    clearTimeout(end);
    idle = undefined;
    worker.ref();
    return worker;
  }

  function keep(worker: Worker): void {
    worker.unref();
    const end = setTimeout(() => {
      idle = undefined;
      void worker.terminate();
    }, idleMs);
    idle = { worker, end: end.unref() };
  }
}

/** The thread says a first word when it can begin. */
async function loaded(worker: Worker): Promise<Worker> {
  try {
    await once(worker, 'message', { signal: AbortSignal.timeout(LOADING_MS) });
    return worker;
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

async function ask(worker: Worker, sent: Buffer, deadlineMs: number): Promise<SvgAnswer> {
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    worker.postMessage(sent);
    // Rejects also with what ends the thread.
    const [answer] = await once(worker, 'message', { signal: deadline });
    return answer as SvgAnswer;
  } catch (error) {
    await worker.terminate();
    if (deadline.aborted || (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY') {
      throw new PictureFault('svg', 'This SVG drawing takes too long to look through.', { cause: error });
    }
    throw error;
  }
}

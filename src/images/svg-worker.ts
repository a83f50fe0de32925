import { parentPort } from 'node:worker_threads';
import { PictureFault } from './picture-fault';
import { harmlessSvg } from './svg';

/** What the thread of `svg-thread.ts` says of one drawing. */
export type SvgAnswer = { drawing: Uint8Array } | { fault: string };

parentPort?.on('message', (sent: Uint8Array) => parentPort?.postMessage(answerTo(sent)));

parentPort?.postMessage('ready');

function answerTo(sent: Uint8Array): SvgAnswer {
  try {
    return { drawing: harmlessSvg(sent) };
  } catch (error) {
    // Anything else is our own trouble: it ends this thread, and whoever asked hears of it as an error.
    if (error instanceof PictureFault) return { fault: error.message };
    throw error;
  }
}

'use strict';

// Stands in for `src/images/svg-worker.ts`, which runs as it is built: does as it is told by what it gets instead of a drawing.
const { parentPort, threadId } = require('node:worker_threads');

const text = (bytes) => Buffer.from(bytes).toString();
const hoard = [];

parentPort.on('message', (sent) => {
  switch (text(sent)) {
    case 'hang': for (;;);
    case 'hoard': for (;;) hoard.push(new Array(100_000).fill(hoard.length));
    case 'crash': throw new Error('Our own trouble');
    case 'fault': return parentPort.postMessage({ fault: 'This is no drawing.' });
    default: return parentPort.postMessage({ drawing: Buffer.from(`thread ${threadId}`) });
  }
});

parentPort.postMessage('ready');

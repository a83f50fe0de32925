'use strict';

// The same on a machine so busy that loading it takes longer than a drawing may.
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
require('./svg-worker-stand-in.js');

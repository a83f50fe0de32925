import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PictureFault } from '../../../src/images/picture-fault';
import { createSvgThread } from '../../../src/images/svg-thread';

const standIn = (name: string): string => path.resolve(__dirname, `../../support/${name}.js`);
const threadOf = (more: { file?: string; deadlineMs?: number; idleMs?: number } = {}) => {
  const read = createSvgThread({ file: standIn('svg-worker-stand-in'), ...more });
  return async (what: string): Promise<string> => (await read(Buffer.from(what))).toString();
};

test('a drawing that hangs the parser is a fault of its own: the event loop turns meanwhile, and the next one is read', async () => {
  const read = threadOf({ deadlineMs: 500 });
  let turns = 0;
  const clock = setInterval(() => turns++, 10);
  const [hung, next] = await Promise.allSettled([read('hang'), read('drawing')]);
  clearInterval(clock);
  expect(hung).toMatchObject({ status: 'rejected', reason: new PictureFault('svg', 'This SVG drawing takes too long to look through.') });
  expect(next).toMatchObject({ status: 'fulfilled', value: expect.stringMatching(/^thread \d+$/) });
  expect(turns).toBeGreaterThan(10);
});

test('how long the parser takes to load is no fault of the drawing', async () => {
  const read = threadOf({ file: standIn('svg-worker-slow-stand-in'), deadlineMs: 400 });
  expect(await read('drawing')).toMatch(/^thread/);
});

test('a drawing that takes all memory ends its thread and nothing else', async () => {
  const read = threadOf();
  await expect(read('hoard')).rejects.toThrow(PictureFault);
  expect(await read('drawing')).toMatch(/^thread/);
});

test('a fault of the drawing comes back as one, our own trouble as an error', async () => {
  const read = threadOf();
  await expect(read('fault')).rejects.toEqual(new PictureFault('svg', 'This is no drawing.'));
  const trouble = await read('crash').catch((error: unknown) => error);
  expect(trouble).toMatchObject({ message: 'Our own trouble' });
  expect(trouble).not.toBeInstanceOf(PictureFault);
  await expect(createSvgThread({ file: '/nowhere/worker.js' })(Buffer.from('x'))).rejects.toMatchObject({ code: 'MODULE_NOT_FOUND' });
});

test('drawings that come one after the other are read by one thread, which goes when none comes', async () => {
  const read = threadOf({ idleMs: 50 });
  const [one, two] = await Promise.all([read('a'), read('b')]);
  expect(two).toBe(one);
  await sleep(300);
  expect(await read('c')).not.toBe(one);
});

test('when too many wait, the next one is refused', async () => {
  const read = threadOf();
  const reads = await Promise.allSettled(Array.from({ length: 25 }, () => read('drawing')));
  const refused = reads.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(4);
  expect(refused[0]).toMatchObject({ reason: { refusal: { code: 'E4291', rule: 'logo_busy', retryAfterMs: 2_000 } } });
});

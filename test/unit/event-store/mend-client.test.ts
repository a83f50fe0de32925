import { Duplex } from 'node:stream';
import { mendClient } from '../../../src/event-store/mend-client';

class Call extends Duplex {
  written: unknown[] = [];
  cancelled = false;
  constructor() {
    super({ objectMode: true, highWaterMark: 1 });
  }
  override _read(): void {}
  override _write(message: unknown, _encoding: string, _flushed: () => void): void {
    this.written.push(message);
  }
  cancel(): void {
    this.cancelled = true;
  }
}

const setting = () => {
  const reported: unknown[] = [];
  const client = { GRPCStreamCreator: (_service: unknown, _name: string, open: (grpc: unknown) => Call) => async () => open(undefined) };
  mendClient(client, (trouble) => reported.push(trouble));
  return { reported, open: (name: string) => client.GRPCStreamCreator(undefined, name, () => new Call())() };
};

it('never asks the library to queue an append', async () => {
  const { open } = setting();
  const call = await open('appendToStream');
  expect([1, 2, 3].map((message) => call.write(message))).toEqual([true, true, true]);
  expect(call.writableLength).toBe(3);
  expect((await open('readAll')).write(1)).toBe(false);
});

it('reports an answer that nobody waits for, instead of ending the process', async () => {
  const { open, reported } = setting();
  const call = await open('appendToStream');
  const heard: unknown[] = [];
  call.on('data', (answer) => {
    if (answer === 'late') throw new TypeError('undefined is not iterable');
    heard.push(answer);
  });
  call.emit('data', 'late');
  call.emit('data', 'in time');
  expect(heard).toEqual(['in time']);
  expect(reported).toEqual([new TypeError('undefined is not iterable')]);
});

it('lets nothing of a cancelled call stay behind', async () => {
  const { open } = setting();
  const call = await open('readStream');
  const closed = new Promise((resolve) => call.on('close', resolve));
  call.cancel();
  await closed;
  expect([call.cancelled, call.destroyed]).toEqual([true, true]);
});

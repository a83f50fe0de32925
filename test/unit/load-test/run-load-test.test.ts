import { loadTest, type LoadTestPlan } from '../../../commands/load-test/decider';
import { runLoadTestTask } from '../../../commands/load-test/run-load-test';
import { followUp } from '../../../commands/follow-up';
import type { KeyLeases } from '../../../commands/key-pool/key-leases';
import { createCommandRuntime } from '../../../src/command-runtime/runtime';
import { createInMemoryEventStore } from '../../../src/event-store/in-memory';

const plan: LoadTestPlan = { loadTestId: 'l1', providers: ['a'], bursts: [2], minHoldMs: 0, maxHoldMs: 0, requestedBy: 'u1' };
const job = { tenant: 't1', eventId: 'e1', correlationId: 'c1', loadTestId: 'l1' };

async function run(keyLeases: Partial<KeyLeases>, { attempt = 1, longestMs }: { attempt?: number; longestMs?: number } = {}): Promise<any[]> {
  const store = createInMemoryEventStore();
  const commands = createCommandRuntime({ store });
  await commands.execute(loadTest, 'l1', { type: 'RequestLoadTest', plan }, followUp(job, 'test', 'request'));
  const task = runLoadTestTask({ commands, keyLeases: keyLeases as KeyLeases, ...(longestMs !== undefined && { longestMs }) });
  await task(job, { jobId: '1', attempt, maxAttempts: 25, signal: new AbortController().signal });
  const { state } = await commands.load(loadTest, 'l1');
  const events = [];
  for await (const event of store.readStream('loadTest-l1')) events.push(event);
  await commands.close();
  return [state.phase, events.at(-1)!.data];
}

/** Nobody ever gets a key; waits until the signal says otherwise. */
const never: Pick<KeyLeases, 'acquire'> = {
  acquire: ({ signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
};

test('one that takes too long fails and says why, so that those of others get their turn', async () => {
  expect(await run(never, { longestMs: 1 })).toEqual(['failed', expect.objectContaining({ reason: expect.stringContaining('longer than 15 minutes') })]);
});

test('one that was cut off is not begun again', async () => {
  expect(await run(never, { attempt: 2 })).toEqual(['failed', expect.objectContaining({ reason: expect.stringContaining('interrupted') })]);
});

import { run } from '../../../commands/run/decider';
import type { DrivingServices } from '../../../commands/run/drive-run';
import { endOf, judge } from './judge';
import { bySystem } from './leases';
import { createWorld, TENANT, type World } from './world';

/** A blob store by its keys, and what happens whenever a file is fetched into it. */
function keeping(files: Set<string>, fetched: (signal: AbortSignal) => Promise<void>) {
  return (services: DrivingServices): DrivingServices => ({
    ...services,
    keeper: {
      async keep(wanted) {
        const kept = await services.keeper.keep(wanted);
        files.add(wanted.key);
        await fetched(wanted.signal);
        return kept;
      },
      remove: async (key) => void files.delete(key),
    },
  });
}

/** Drives a run whose file is being fetched while something happens. */
async function drive(happens: (world: World, runId: string, signal: AbortSignal) => Promise<void>) {
  const files = new Set<string>();
  const fetched = (signal: AbortSignal): Promise<void> => happens(world, job.runId, signal);
  const world = await createWorld(1, { find: 'by name', manners: ['accepts'], plant: keeping(files, fetched) });
  const job = await world.request();
  return { world, job, files };
}

const aborted = (signal: AbortSignal): Promise<void> => new Promise((_resolve, reject) => {
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
});

describe('the files of a run', () => {
  it.each<[string, (signal: AbortSignal) => Promise<void>]>([
    ['when the record of its end is refused', async () => {}],
    ['when the download is given up', aborted],
  ])('are removed again when somebody cancels it while they are fetched, %s', async (_when, wait) => {
    const { world, job, files } = await drive(async (of, runId, signal) => {
      await of.cancel(runId);
      await wait(signal);
    });
    await world.drive(world.node(), job);
    expect(endOf(await world.events(job.runId))).toBe('RunCancelled');
    expect([...files]).toEqual([]);
    expect(await judge(world, job.runId)).toEqual([]);
    await world.close();
  });

  it('stay when another driver has recorded them', async () => {
    const { world, job, files } = await drive(async (of, runId, signal) => {
      await of.commands.execute(run, runId, {
        type: 'CompleteRun', attempt: 1, promptTokens: null, completionTokens: null, cost: null, outputRef: null, durationMs: 1, outputs: [],
      }, bySystem(TENANT));
      await aborted(signal);
    });
    await world.drive(world.node(), job);
    expect(endOf(await world.events(job.runId))).toBe('RunSucceeded');
    expect([...files]).toHaveLength(1);
    await world.close();
  });

  it('stay when the server stops: whoever takes over fetches them under the same keys', async () => {
    const stop = new AbortController();
    let first = true;
    const { world, job, files } = await drive(async (_of, _runId, signal) => {
      if (!first) return;
      first = false;
      stop.abort(new Error('The server stops'));
      signal.throwIfAborted();
    });
    await expect(world.drive(world.node(), job, { signal: stop.signal })).rejects.toThrow('The server stops');
    const [before] = [...files];
    expect(before).toBeDefined();
    await world.drive(world.node(), job);
    expect(endOf(await world.events(job.runId))).toBe('RunSucceeded');
    expect([...files]).toEqual([before]);
    await world.close();
  });

  it('that cannot be removed are said in the log, and the run has ended all the same', async () => {
    const warnings: string[] = [];
    const world = await createWorld(1, {
      find: 'by name', manners: ['accepts'],
      plant: (services) => ({
        ...services,
        log: { ...services.log, warn: (_details, message) => void warnings.push(message) },
        keeper: {
          async keep(wanted) {
            await world.cancel(job.runId);
            return services.keeper.keep(wanted);
          },
          remove: () => Promise.reject(new Error('The store is away')),
        },
      }),
    });
    const job = await world.request();
    await world.drive(world.node(), job);
    expect(warnings).toEqual(['Files of a run that ended without a result could not be removed']);
    expect(await judge(world, job.runId)).toEqual([]);
    await world.close();
  });
});

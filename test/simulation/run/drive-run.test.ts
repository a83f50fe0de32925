import { concurrencySlots, SLOTS } from '../../../commands/concurrency-slot/decider';
import { RefusedError } from '../../../schema/errors/catalogue';
import { deactivateUser, grantTenant } from '../../support/some-user';
import { endOf, judge } from './judge';
import { passTimeAtOnce, sleep } from './passing-time';
import { createWorld, Died, TENANT, type Find, type Node, type World, type WorldOptions } from './world';

const SEEDS = Array.from({ length: 120 }, (_, seed) => seed + 1);
const manners: WorldOptions['manners'] = ['accepts', 'accepts', 'accepts', 'loses its answer', 'refuses', 'breaks before it takes it', 'is not reached'];

/** Runs the job as the workers do: again after each death, until it ends by itself. */
async function untilDone(world: World, job: Parameters<World['drive']>[1], nodes: Iterator<Node, Node>): Promise<void> {
  for (;;) {
    const { value: node, done } = nodes.next();
    try {
      return await world.drive(node, job);
    } catch (error) {
      if (done || !(error instanceof Died)) throw error;
    }
  }
}

function* dying(world: World, ...deaths: { at: number; after: boolean }[]): Generator<Node, Node> {
  for (const death of deaths) yield world.node(death);
  return world.node();
}

passTimeAtOnce();

describe('drive-run', () => {
  it.each<Find>(['by name', 'by callback', 'not at all'])('fault 55: ends once and submits at most once wherever it dies, when the vendor finds work %s', async (find) => {
    const outcomes = new Set<string>();
    let died = true;
    for (let at = 1; died; at++) {
      died = false;
      for (const after of [false, true]) {
        const world = await createWorld(at, { find, manners: ['accepts'] });
        const job = await world.request();
        const first = world.node({ at, after });
        await world.drive(first, job).catch((error: unknown) => {
          if (!(error instanceof Died)) throw error;
          died = true;
        });
        await untilDone(world, job, dying(world));
        const events = await world.events(job.runId);
        expect({ at, after, faults: await judge(world, job.runId) }).toEqual({ at, after, faults: [] });
        const end = endOf(events);
        // What the vendor has taken is found again where there is a way to.
        if (world.vendor.taken.size === 1 && find !== 'not at all') expect({ at, after, end }).toEqual({ at, after, end: 'RunSucceeded' });
        if (end === 'RunFailed') expect(events.at(-1)).toMatchObject({ data: { category: 'interrupted', code: 'E5031' } });
        outcomes.add(end);
        await world.close();
      }
    }
    expect([...outcomes].sort()).toEqual(['RunFailed', 'RunSucceeded']);
  });

  it('fault 59: ends once and submits at most once with two drivers, deaths, cancels and leases taken away', async () => {
    const ends = new Map<string, number>();
    for (const seed of SEEDS) {
      const world = await createWorld(seed, { find: (['by name', 'by callback', 'not at all'] as const)[seed % 3]!, manners });
      const { random } = world;
      const job = await world.request();
      const death = (): { at: number; after: boolean } => ({ at: random.between(1, 40), after: random.chance(0.5) });
      const disturbed = async (): Promise<void> => {
        await sleep(random.below(8));
        if (random.chance(0.5)) await world.cancel(job.runId);
        else await world.leases.revokeAll();
      };
      await Promise.all([
        untilDone(world, job, dying(world, death(), death())),
        untilDone(world, job, dying(world, death())),
        ...(random.chance(0.5) ? [disturbed()] : []),
      ]);
      await world.drive(world.node(), job);
      expect({ seed, faults: await judge(world, job.runId) }).toEqual({ seed, faults: [] });
      const end = endOf(await world.events(job.runId));
      ends.set(end, (ends.get(end) ?? 0) + 1);
      await world.close();
    }
    for (const end of ['RunSucceeded', 'RunFailed', 'RunCancelled']) expect(ends.get(end)).toBeGreaterThan(0);
  }, 120_000);

  it.each<[string, (world: World) => Promise<void>, string]>([
    ['whoever asked was deactivated', ({ commands }) => deactivateUser(commands, { userId: 'u1', tenantId: TENANT }), 'B2003'],
    ['the vendor was switched off for whoever asked', ({ commands }) => grantTenant(commands, TENANT, { features: ['runs', 'kling'] }), 'B2003'],
    ['all such work was switched off for whoever asked', ({ commands }) => grantTenant(commands, TENANT, { features: ['legnext'] }), 'B2003'],
    ['what was asked for was erased', async (world) => world.erase(), 'B2003'],
  ])('fails without a word to the vendor when %s meanwhile', async (_what, meanwhile, code) => {
    const world = await createWorld(1, { find: 'by name', manners });
    const job = await world.request();
    await meanwhile(world);
    await world.drive(world.node(), job);
    expect((await world.events(job.runId)).at(-1)).toMatchObject({ type: 'RunFailed', data: { code } });
    expect(world.vendor.arrived).toEqual([]);
    expect(await judge(world, job.runId)).toEqual([]);
    await world.close();
  });

  it.each(['BeginSubmission', 'RecordSubmission', 'FailRun', 'CompleteRun'])('is not submitted again when the log was away for its %s, before or after it was written', async (type) => {
    for (const [after, manner] of [[false, 'accepts'], [true, 'accepts'], [false, 'refuses'], [true, 'refuses']] as const) {
      let lost = 0;
      const world = await createWorld(1, {
        find: 'not at all', manners: [manner],
        plant: (services) => ({ ...services, commands: { load: services.commands.load, recent: services.commands.recent, close: services.commands.close,
          execute: (async (aggregate, id, command, context, answer) => {
            if ((command as { type: string }).type !== type || lost === 2) return services.commands.execute(aggregate, id, command, context, answer);
            lost++;
            if (after) await services.commands.execute(aggregate, id, command, context, answer);
            throw new RefusedError({ code: 'E5041', rule: 'outcome_unknown', message: 'Nobody knows.' });
          }) as typeof services.commands.execute } }),
      });
      const job = await world.request();
      await world.drive(world.node(), job);
      const events = await world.events(job.runId);
      expect({ after, manner, end: endOf(events), faults: await judge(world, job.runId) })
        .toEqual({ after, manner, end: manner === 'accepts' ? 'RunSucceeded' : 'RunFailed', faults: [] });
      if (manner === 'refuses') expect(events.at(-1)).toMatchObject({ data: { category: 'quota' } });
      await world.close();
    }
  });

  it('fault 55: is not submitted by a process that stood still until others had given it up', async () => {
    let ahead = 0;
    const world = await createWorld(1, {
      find: 'not at all', manners: ['accepts'],
      plant: (services) => ({ ...services, clock: () => new Date(services.clock().getTime() + ahead), commands: { load: services.commands.load, recent: services.commands.recent, close: services.commands.close,
        execute: (async (aggregate, id, command, context, answer) => {
          const outcome = await services.commands.execute(aggregate, id, command, context, answer);
          if ((command as { type: string }).type !== 'BeginSubmission' || ahead > 0) return outcome;
          ahead = 60_000;
          await world.drive(world.node(), job);
          return outcome;
        }) as typeof services.commands.execute } }),
    });
    const job = await world.request();
    await world.drive(world.node(), job);
    expect((await world.events(job.runId)).at(-1)).toMatchObject({ type: 'RunFailed', data: { category: 'interrupted' } });
    expect(world.vendor.arrived).toEqual([]);
    expect(await judge(world, job.runId)).toEqual([]);
    await world.close();
  });

  it('fault 55: hears what the vendor has taken before a shutdown ends it, and goes on from there', async () => {
    const shutdown = new AbortController();
    const world = await createWorld(1, {
      find: 'not at all', manners: ['accepts'],
      plant: (services) => ({ ...services, generation: { ...services.generation, legnext: { ...services.generation.legnext, submit: (...given) => {
        shutdown.abort(new Error('shut down'));
        return services.generation.legnext.submit(...given);
      } } } }),
    });
    const job = await world.request();
    await expect(world.drive(world.node(), job, { signal: shutdown.signal })).rejects.toThrow('shut down');
    await world.drive(world.node(), job);
    expect(endOf(await world.events(job.runId))).toBe('RunSucceeded');
    expect(world.vendor.arrived).toHaveLength(1);
    expect(await judge(world, job.runId)).toEqual([]);
    await world.close();
  });

  it.each<[string, (world: World) => Promise<void>]>([
    ['whoever asked is deactivated', ({ commands }) => deactivateUser(commands, { userId: 'u1', tenantId: TENANT })],
    ['the vendor is switched off for whoever asked', ({ commands }) => grantTenant(commands, TENANT, { features: ['runs', 'kling'] })],
  ])('fails without a word to the vendor when %s while it waits for a key', async (_what, meanwhile) => {
    const world = await createWorld(1, {
      find: 'by name', manners: ['accepts'],
      plant: (services) => ({ ...services, keyLeases: { ...services.keyLeases, acquire: async (request) => {
        const held = await services.keyLeases.acquire(request);
        await meanwhile(world);
        return held;
      } } }),
    });
    const job = await world.request();
    await world.drive(world.node(), job);
    expect((await world.events(job.runId)).at(-1)).toMatchObject({ type: 'RunFailed', data: { code: 'B2003' } });
    expect(world.vendor.arrived).toEqual([]);
    expect(await judge(world, job.runId)).toEqual([]);
    await world.close();
  });

  it('is not asked for again and again when all keys are taken from somebody who is gone', async () => {
    const world = await createWorld(1, {
      find: 'by name', manners: ['accepts'],
      plant: (services) => ({ ...services, generation: { ...services.generation, legnext: { ...services.generation.legnext, report: async (...given) => {
        await deactivateUser(world.commands, { userId: 'u1', tenantId: TENANT });
        await world.leases.revokeAll();
        return services.generation.legnext.report(...given);
      } } } }),
    });
    const job = await world.request();
    await world.drive(world.node(), job);
    const events = await world.events(job.runId);
    expect(events.at(-1)).toMatchObject({ type: 'RunTimedOut', data: { reason: 'The vendor could not be asked for the outcome any more.' } });
    expect(await judge(world, job.runId)).toEqual([]);
    await world.close();
  });

  it('keeps what the vendor said, and gives the key back later, when that could not be at once', async () => {
    const world = await createWorld(1, {
      find: 'not at all', manners: ['refuses'],
      plant: (services) => ({ ...services, keyLeases: { ...services.keyLeases, acquire: async (request) => {
        const held = await services.keyLeases.acquire(request);
        return 'refusal' in held ? held : { ...held, release: async () => {
          throw new RefusedError({ code: 'E5031', rule: 'log_away', message: 'Not now.' });
        } };
      } } }),
    });
    const job = await world.request();
    await world.drive(world.node(), job);
    expect((await world.events(job.runId)).at(-1)).toMatchObject({ type: 'RunFailed', data: { category: 'quota' } });
    expect(await judge(world, job.runId)).toEqual([]);
    await world.close();
  });

  it('is given up, and not left running, when its job was begun too often', async () => {
    const world = await createWorld(1, { find: 'by name', manners });
    const job = await world.request();
    await world.drive(world.node(), job, { tries: 16 });
    expect((await world.events(job.runId)).at(-1)).toMatchObject({ type: 'RunFailed', data: { code: 'E5031', category: 'interrupted' } });
    expect(world.vendor.arrived).toEqual([]);
    await world.close();
  });

  it('is given up when its job was begun often and its waits are over, and what the vendor has can be watched', async () => {
    for (const [taken, end] of [[false, { type: 'RunFailed', data: { category: 'interrupted' } }], [true, { type: 'RunTimedOut' }]] as const) {
      let ahead = 0;
      const world = await createWorld(1, {
        find: 'by name', manners: ['accepts'],
        plant: (services) => ({ ...services, clock: () => new Date(services.clock().getTime() + ahead), vault: { ...services.vault, open: async (...given) => {
          if (!taken) throw new Error('The vault is broken');
          return services.vault.open(...given);
        } }, generation: { ...services.generation, legnext: { ...services.generation.legnext, report: async () => {
          throw new Error('The vendor speaks in tongues');
        } } } }),
      });
      const job = await world.request();
      for (const tries of [1, 6]) await expect(world.drive(world.node(), job, { tries })).rejects.toThrow(/broken|tongues/);
      await expect(world.drive(world.node(), job, { tries: 7 })).rejects.toThrow(/broken|tongues/);
      ahead = 3_600_000;
      await world.drive(world.node(), job, { tries: 7 });
      expect((await world.events(job.runId)).at(-1)).toMatchObject(end);
      expect(await judge(world, job.runId)).toEqual([]);
      await world.close();
    }
  });

  it('takes no slot for what has ended while it renews one', async () => {
    let renewals = 0;
    const world = await createWorld(1, {
      find: 'by name', manners: ['accepts'], slotTtlMs: 10,
      plant: (services) => ({ ...services, commands: { load: services.commands.load, recent: services.commands.recent, close: services.commands.close,
        execute: (async (aggregate, id, command, context, answer) => {
          if ((command as { type: string }).type !== 'RenewSlot') return services.commands.execute(aggregate, id, command, context, answer);
          renewals++;
          try {
            while (endOf(await world.events(job.runId)) === 'none') await sleep(1);
            await sleep(30);
            return await services.commands.execute(aggregate, id, command, context, answer);
          } finally {
            renewals--;
          }
        }) as typeof services.commands.execute } }),
    });
    const job = await world.request();
    await world.drive(world.node(), job);
    while (renewals > 0) await sleep(5);
    await sleep(20);
    expect(await judge(world, job.runId)).toEqual([]);
    await world.close();
  });

  it('needs no key to fetch what was made', async () => {
    const leases: number[] = [];
    const world = await createWorld(1, {
      find: 'by name', manners: ['accepts'],
      plant: (services) => ({ ...services, keeper: { ...services.keeper, keep: async (...given) => {
        leases.push((await world.taken()).leases);
        return services.keeper.keep(...given);
      } } }),
    });
    const job = await world.request();
    await world.drive(world.node(), job);
    expect(leases).toEqual([0]);
    expect(endOf(await world.events(job.runId))).toBe('RunSucceeded');
    await world.close();
  });

  it('TEST-43: renews its slot as long as it goes on', async () => {
    const until = { done: false };
    const world = await createWorld(1, {
      find: 'by name', manners: ['accepts'], slotTtlMs: 200,
      plant: (services) => ({ ...services, generation: { ...services.generation, legnext: { ...services.generation.legnext, report: async (...given) =>
        (until.done ? services.generation.legnext.report(...given) : { ...(await services.generation.legnext.report(...given)), state: 'running' }) } } }),
    });
    const job = await world.request();
    const driving = world.drive(world.node(), job);
    const expiry = async (): Promise<number | undefined> => (await world.commands.load(concurrencySlots, SLOTS)).state.slots.get(job.runId)?.expiresAt;
    let first: number | undefined;
    while ((first = await expiry()) === undefined) await sleep(5);
    while ((await expiry()) === first) await sleep(5);
    until.done = true;
    await driving;
    expect(await judge(world, job.runId)).toEqual([]);
    await world.close();
  });

  it.each<[string, NonNullable<WorldOptions['plant']>, RegExp]>([
    ['takes every driver for the first one', (services) => ({
      ...services,
      commands: { ...services.commands, load: services.commands.load, recent: services.commands.recent, close: services.commands.close,
        execute: ((aggregate, id, command, context, answer) => {
          const what = command as { type: string };
          // Who finds the intent on record goes on as if it were its own.
          if (what.type !== 'BeginSubmission') return services.commands.execute(aggregate, id, command, context, answer);
          return Promise.resolve({ accepted: true, answer: { phase: 'submitting', submission: { driver: (what as { driver?: string }).driver } }, position: 0n, revision: 0n } as never);
        }) as typeof services.commands.execute },
    }), /submitted 2 times|without the intent/],
    ['never gives its slot back', (services) => ({
      ...services,
      commands: { ...services.commands, load: services.commands.load, recent: services.commands.recent, close: services.commands.close,
        execute: ((aggregate, id, command, context, answer) =>
          (command as { type: string }).type === 'ReleaseSlot'
            ? Promise.resolve({ accepted: true, answer: undefined, position: 0n, revision: 0n } as never)
            : services.commands.execute(aggregate, id, command, context, answer)) as typeof services.commands.execute },
    }), /1 slots/],
  ])('is caught when it %s', async (_bug, plant, fault) => {
    const faults: string[] = [];
    for (const seed of SEEDS.slice(0, 10)) {
      const world = await createWorld(seed, { find: 'by name', manners: ['accepts'], plant });
      const job = await world.request();
      await Promise.allSettled([world.drive(world.node(), job), world.drive(world.node(), job)]);
      faults.push(...(await judge(world, job.runId)));
      await world.close();
    }
    expect(faults.join('\n')).toMatch(fault);
  });
});

import fc from 'fast-check';
import { createGate } from '../../../src/event-store/gate';

it('lets so many in at a time, in order, also past failures', async () => {
  const fatesOfTasks = fc.array(fc.boolean(), { maxLength: 20 });
  await fc.assert(fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 4 }), fatesOfTasks, async (scheduler, width, fates) => {
    const gate = createGate(width);
    const started: number[] = [];
    let running = 0;
    const tasks = fates.map((succeeds, index) => gate.run(async () => {
      started.push(index);
      expect(++running).toBeLessThanOrEqual(width);
      await scheduler.schedule(Promise.resolve());
      running--;
      if (!succeeds) throw new Error('failed');
      return index;
    }, () => true));
    const all = Promise.allSettled(tasks);
    await scheduler.waitFor(all);
    expect(started).toEqual(fates.map((_, index) => index));
    expect((await all).map(({ status }) => status === 'fulfilled')).toEqual(fates);
  }), { numRuns: 50 });
});

it('lets nobody in who comes between one that leaves and the next', async () => {
  const gate = createGate(1);
  let running = 0;
  const task = async () => {
    expect(++running).toBe(1);
    await Promise.resolve();
    running--;
  };
  const more: Promise<void>[] = [];
  const late = () => void more.push(gate.run(task, () => true));
  await Promise.all([1, 2, 3].map(() => gate.run(task, () => true).then(late)));
  await Promise.all(more);
  expect(more).toHaveLength(3);
});

it('leaves out what is no longer wanted when its turn comes', async () => {
  const gate = createGate(1);
  let open!: () => void;
  const first = gate.run(() => new Promise<void>((resolve) => { open = resolve; }), () => true);
  let wanted = true;
  const ran: string[] = [];
  const second = gate.run(async () => { ran.push('second'); }, () => wanted);
  const third = gate.run(async () => { ran.push('third'); }, () => true);
  wanted = false;
  open();
  await first;
  await expect(second).rejects.toThrow(/Gave up/);
  await third;
  expect(ran).toEqual(['third']);
});

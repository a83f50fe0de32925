import { createWorkLimit } from '../../../src/auth/work-limit';

describe('the work limit', () => {
  it('runs so many at once, queues so many, in order, and refuses the rest', async () => {
    const inTurn = createWorkLimit(2, 3);
    const finish: (() => void)[] = [];
    const started: number[] = [];
    const task = (id: number) => inTurn(() => new Promise<number>((resolve) => {
      started.push(id);
      finish.push(() => resolve(id));
    }));
    const results = [0, 1, 2, 3, 4].map(task);
    await expect(task(5)).rejects.toMatchObject({ refusal: { code: 'E4291', retryAfterMs: expect.any(Number) } });
    expect(started).toEqual([0, 1]);
    for (let i = 0; i < 5; i++) {
      finish[i]!();
      expect(await results[i]).toBe(i);
      expect(started.length).toBe(Math.min(i + 3, 5));
    }
    expect(started).toEqual([0, 1, 2, 3, 4]);
  });

  it('frees the place of a task that failed', async () => {
    const inTurn = createWorkLimit(1, 1);
    await expect(inTurn(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await inTurn(() => Promise.resolve('fine'))).toBe('fine');
  });
});

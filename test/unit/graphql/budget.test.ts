import fc from 'fast-check';
import { RefusedError } from '../../../schema/errors/catalogue';
import { createBudget, type Budget } from '../../../src/graphql/budget';

/** `undefined` when paid, else how long to wait. */
function waitOf(budget: Budget, payer: string, cost: number): number | undefined {
  try {
    budget.spend(payer, cost);
    return undefined;
  } catch (error) {
    if (!(error instanceof RefusedError) || error.refusal.rule !== 'cost_budget') throw error;
    return error.refusal.retryAfterMs;
  }
}

test('a budget is per payer, says what is left, and refuses what is over it without taking anything', () => {
  let now = 0;
  const { spend } = createBudget({ burst: 10, perSecond: 20 }, () => now);
  expect(spend('a', 8)).toEqual({ requested: 8, available: 2, restoreRate: 20 });
  expect(() => spend('a', 3)).toThrow(expect.objectContaining({
    refusal: expect.objectContaining({ code: 'E4291', rule: 'cost_budget', retryAfterMs: 50, details: { requested: 3, available: 2, restoreRate: 20 } }),
  }));
  expect(spend('a', 2).available).toBe(0);
  expect(spend('b', 10).available).toBe(0);
  now = 75;
  expect(spend('a', 1)).toMatchObject({ available: 0 });
  now = 1_000_000;
  expect(spend('a', 0).available).toBe(10);
});

test('what costs more than a full bucket is never asked to wait', () => {
  expect(() => createBudget({ burst: 10, perSecond: 1 }).spend('a', 11)).toThrow(
    expect.objectContaining({ refusal: expect.objectContaining({ code: 'E4001', rule: 'document_cost' }) }));
});

const sizes = fc.record({ burst: fc.integer({ min: 1, max: 5_000 }), perSecond: fc.integer({ min: 1, max: 3_000 }) });
const steps = fc.array(fc.record({ pause: fc.nat(4_000), cost: fc.nat(5_000) }), { maxLength: 60 });

test('the wait is exact: a millisecond before it is not enough, then it is', () => {
  fc.assert(fc.property(sizes, steps, (size, list) => {
    let now = 0;
    const budget = createBudget(size, () => now);
    for (const { pause, cost } of list) {
      now += pause;
      if (cost > size.burst) continue;
      const wait = waitOf(budget, 'a', cost);
      if (wait === undefined) continue;
      expect(wait).toBeGreaterThan(0);
      now += wait - 1;
      expect(waitOf(budget, 'a', cost)).toBe(1);
      now += 1;
      expect(waitOf(budget, 'a', cost)).toBeUndefined();
    }
  }));
});

test('whatever the pace, nobody spends more than a full bucket and what has flowed in since; and all of that can be spent', () => {
  fc.assert(fc.property(sizes, steps, (size, list) => {
    let now = 0;
    const budget = createBudget(size, () => now);
    let spent = 0;
    for (const { pause, cost } of list) {
      now += pause;
      const affordable = Math.min(cost, size.burst);
      if (waitOf(budget, 'a', affordable) === undefined) spent += affordable;
      expect(spent * 1_000).toBeLessThanOrEqual(size.burst * 1_000 + now * size.perSecond);
    }
    now += Math.ceil((size.burst * 1_000) / size.perSecond);
    expect(waitOf(budget, 'a', size.burst)).toBeUndefined();
  }));
});

test('a crowd of payers is forgotten at the far end, and the memory stays bounded', () => {
  let now = 0;
  const budget = createBudget({ burst: 10, perSecond: 1 }, () => now);
  budget.spend('first', 10);
  for (let n = 0; n < 19_999; n++) budget.spend(`payer ${n}`, 1);
  expect(waitOf(budget, 'first', 1)).toBe(1_000);
  for (let n = 0; n < 30_000; n++) budget.spend(`another ${n}`, 1);
  now += 1;
  expect(budget.spend('first', 10).available).toBe(0);
});

import { sound } from './planted-bugs';
import { simulate } from './world';

/** Steps of all worlds of all test files together. */
export const TOTAL_STEPS = Number(process.env.SIMULATION_STEPS ?? 10_000_000);
/** Test files that share them, so that as many processes work on them. */
const SHARES = 2;
export const STEPS_PER_WORLD = 10_000;
/** For machines that are several times slower than usual ones. */
const TIME_LIMIT_MS = 1_800_000;

/**
 * Defines the test of one share of the worlds. `SIMULATION_SEED` is the first seed, 1 by default; the shares take turns.
 * @param share 0 for the first test file, 1 for the second
 */
export function testWorlds(share: number): void {
  test(`faults 37 to 50: no rule of the key pool breaks in any world, share ${share + 1} of ${SHARES}`, () => {
    const total: Record<string, number> = {};
    const started = process.hrtime.bigint();
    for (let seed = Number(process.env.SIMULATION_SEED ?? 1) + share; (total.steps ?? 0) * SHARES < TOTAL_STEPS; seed += SHARES) {
      const { tally, violation } = simulate(seed, STEPS_PER_WORLD, sound);
      if (violation) throw new Error(`Seed ${seed}: ${violation}\n${againWith(seed)}`);
      for (const [name, count] of Object.entries(tally)) total[name] = (total[name] ?? 0) + count;
    }
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    process.stdout.write(`key pool, share ${share + 1}: ${total.steps} steps in ${Math.round(seconds)} s, ${JSON.stringify(total)}\n`);
    expect(total.steps! * SHARES).toBeGreaterThanOrEqual(TOTAL_STEPS);
    // A rule that nothing comes near is not tested.
    for (const [name, count] of Object.entries(total)) expect([name, count > 0]).toEqual([name, true]);
  }, TIME_LIMIT_MS);
}

const againWith = (seed: number): string =>
  `Again: SIMULATION_SEED=${seed} SIMULATION_STEPS=1 npx jest --selectProjects simulation --testPathPatterns key-pool/worlds-1`;

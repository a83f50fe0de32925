import { plantedBugs, sound } from './planted-bugs';
import { simulate, type Tally } from './world';

const STEPS_PER_WORLD = 4_000;
const TOTAL_STEPS = Number(process.env.SIMULATION_STEPS ?? 1_000_000);
const AGAIN = `npx jest --selectProjects simulation --testPathPatterns simulation/key-pool -t 'no rule'`;
/** Worlds that a planted bug gets before it counts as unseen. */
const WORLDS_PER_BUG = 40;

test('no rule of the key pool breaks in any world', () => {
  const first = Number(process.env.SIMULATION_SEED ?? 1);
  const total: Partial<Record<keyof Tally, number>> = {};
  const started = process.hrtime.bigint();
  for (let seed = first; (total.steps ?? 0) < TOTAL_STEPS; seed++) {
    const { violation, ...tally } = simulate(seed, STEPS_PER_WORLD, sound);
    if (violation) {
      throw new Error(`Seed ${seed}: ${violation}\nAgain: SIMULATION_SEED=${seed} SIMULATION_STEPS=1 ${AGAIN}`);
    }
    for (const name of Object.keys(tally) as (keyof Tally)[]) total[name] = (total[name] ?? 0) + tally[name];
  }
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  process.stdout.write(`key pool: ${Math.round(total.steps! / seconds)} steps/s, ${JSON.stringify(total)}\n`);
  for (const [name, count] of Object.entries(total)) expect([name, count > 0]).toEqual([name, true]);
}, 120_000);

test.each(Object.entries(plantedBugs))('the judge sees it when %s', (_name, rules) => {
  const seen = Array.from({ length: WORLDS_PER_BUG }, (_, n) => n + 1).some((seed) => simulate(seed, STEPS_PER_WORLD, rules).violation);
  expect(seen).toBe(true);
});

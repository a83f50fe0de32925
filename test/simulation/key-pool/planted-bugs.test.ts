import { plantedBugs } from './planted-bugs';
import { simulate } from './world';

const STEPS_PER_WORLD = 4_000;
/** Worlds that a planted bug gets before it counts as unseen. */
const WORLDS_PER_BUG = 100;

test.each(Object.entries(plantedBugs))('the judge sees it when %s', (_name, rules) => {
  const seen = Array.from({ length: WORLDS_PER_BUG }, (_, n) => n + 1).some((seed) => simulate(seed, STEPS_PER_WORLD, rules).violation);
  expect(seen).toBe(true);
});

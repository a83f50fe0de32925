import { judge } from './judge';
import { simulate } from './world';

/** More worlds: COMMAND_WORLDS=2000 npx jest --selectProjects simulation --testPathPatterns=command-runtime */
const WORLDS = Number(process.env.COMMAND_WORLDS ?? 25);

it(`keeps every promise in ${WORLDS} worlds of lost messages, rivals and crashes`, async () => {
  const seen = { events: 0, accepted: 0, refused: 0, unknown: 0, unavailable: 0, busy: 0, crashed: 0 };
  for (let seed = 1; seed <= WORLDS; seed++) {
    const history = await simulate(seed);
    expect({ seed, faults: judge(history).slice(0, 5) }).toEqual({ seed, faults: [] });
    for (const log of history.logs.values()) seen.events += log.length;
    for (const { outcome } of history.calls) {
      if (!outcome) seen.crashed++;
      else if (!('failed' in outcome)) seen[outcome.accepted ? 'accepted' : 'refused']++;
      else if (outcome.failed === 'E5041') seen.unknown++;
      else if (outcome.failed === 'E5031') seen.unavailable++;
      else seen.busy++;
    }
  }
  for (const [what, count] of Object.entries(seen)) expect({ what, met: count > 0 }).toEqual({ what, met: true });
}, 120_000);

it('tells the same story for the same seed', async () => {
  expect(await simulate(7)).toEqual(await simulate(7));
});

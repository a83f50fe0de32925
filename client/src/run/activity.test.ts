import { activityOf } from './activity';

const run = (user: string | null, pool: string | null, provider = 'openai') =>
  ({ pool, provider, requestedBy: user === null ? null : { __typename: 'User' as const, id: user, displayName: user } });

it('TEST-80: counts runs, each user once, and the pools they work with', () => {
  const running = [run('ada', 'legnext'), run('ada', 'kling'), run('bob', 'legnext'), run(null, null)];
  expect(activityOf(running)).toEqual({
    runs: 4, users: 2, pools: [{ name: 'legnext', runs: 2 }, { name: 'kling', runs: 1 }, { name: 'openai', runs: 1 }],
  });
  expect(activityOf([])).toEqual({ runs: 0, users: 0, pools: [] });
});

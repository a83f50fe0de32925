import type { Context } from '../../../src/graphql/context';
import { OverviewQueries } from '../../../queries/overview/queries';
import type { ProjectionStatus } from '../../../src/projection-runtime/status';
import { person, service } from '../../support/principals';

const stopped = { name: 'users', kind: 'view', version: 1, role: 'live', state: 'stopped', error: 'Event UserCreated of user-17' } as unknown as ProjectionStatus;

test('what a projection stumbled over is told to whoever runs the server, that it did to everybody who may look', async () => {
  const failureFor = async (principal: Context['principal']) => {
    const context = { principal, projectionStatus: async () => [stopped] } as unknown as Context;
    return (await new OverviewQueries().projections(context)).map(({ state, failure }) => [state, failure]);
  };
  expect(await failureFor(person('a', 'owner', 't', { operator: true }))).toEqual([['stopped', 'Event UserCreated of user-17']]);
  for (const principal of [person('a', 'owner'), person('a', 'auditor'), service('c', ['operations:read'])]) {
    expect(await failureFor(principal)).toEqual([['stopped', null]]);
  }
});

import { screen, within } from '@testing-library/react';
import { renderApp } from '../../test/app';
import { fakeLive } from '../../test/fake-live';
import { LiveProvider } from '../live/context';
import MonitoringScreen from './monitoring-screen';
import { aRun } from './run.fixture';

jest.mock('../session', () => ({ useMay: () => true }));

const figure = (name: string) => screen.getByText(name, { selector: 'dt' }).nextElementSibling?.textContent;
const rows = () => within(screen.getByRole('table')).getAllByRole('row').slice(1);

it('TEST-80: shows what goes on, a run as soon as it starts and not when it has ended', async () => {
  const feeds = fakeLive();
  const { calls } = await renderApp(<LiveProvider value={feeds.live}><MonitoringScreen /></LiveProvider>, {
    answers: { Runs: () => ({ runs: { nodes: [aRun('one')], pageInfo: { hasNextPage: false, endCursor: null } } }) },
  });
  expect((await screen.findAllByRole('row'))[1]).toHaveTextContent(/Running.*LegNext image.*Ada.*legnext-simulated.*mock-1.*1m \d\ds/);
  expect([figure('Active runs'), figure('Active users'), figure('Pools at work')]).toEqual(['1', '1', '1']);

  const bob = { __typename: 'User' as const, id: 'bob', displayName: 'Bob' };
  const started = aRun('two', { state: 'QUEUED', pool: 'kling', requestedBy: bob, keyName: null, createdAt: new Date().toISOString() });
  await feeds.change('runChanged', started);
  expect(rows()[0]).toHaveTextContent(/Queued.*Bob.*kling/);
  expect([figure('Active runs'), figure('Active users'), figure('Pools at work')]).toEqual(['2', '2', '2']);
  await feeds.change('runChanged', { ...started, state: 'LEASED', keyName: 'main', revision: '6' });
  expect(rows()[0]).toHaveTextContent(/Leased.*main/);
  await feeds.change('runChanged', { ...started, state: 'SUCCEEDED', revision: '7' });
  await feeds.change('runChanged', aRun('three', { state: 'FAILED' }));
  expect(rows()).toHaveLength(1);
  expect([figure('Active runs'), figure('Active users'), figure('Pools at work')]).toEqual(['1', '1', '1']);
  // Nothing of it was asked for again.
  expect(calls.filter(({ name }) => name === 'Runs')).toHaveLength(1);
});

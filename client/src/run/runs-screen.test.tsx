import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import { aRun, aRunDetail } from './run.fixture';
import RunsScreen from './runs-screen';

jest.mock('../session', () => ({ useMay: () => true }));

const runs = [aRun('one'), aRun('two', { state: 'SUCCEEDED', createdAt: '2026-01-01T00:00:00Z' })];
const answers = {
  Runs: () => ({ runs: { nodes: runs, pageInfo: { hasNextPage: false, endCursor: null } } }),
  RunDetail: () => ({ node: aRunDetail('one') }),
  RunUsers: () => ({ users: { nodes: [{ id: 'bob', displayName: 'Bob', email: 'bob@example.test' }] } }),
};

it('TEST-81: asks for what the address says, newest first', async () => {
  const { calls } = await renderApp(<RunsScreen />, {
    answers,
    path: '/runs?state=FAILED&kind=VIDEO&operation=KLING_IMAGE&pool=kling&scenario=TIMEOUT&user=bob&since=2026-01-01T00:00:00.000Z&until=2026-02-01T00:00:00.000Z',
  });
  expect(calls.find(({ name }) => name === 'Runs')?.variables).toMatchObject({
    filter: {
      state: ['FAILED'], kind: ['VIDEO'], operation: ['KLING_IMAGE'], pool: 'kling', scenario: ['TIMEOUT'], requestedBy: 'bob',
      since: '2026-01-01T00:00:00.000Z', until: '2026-02-01T00:00:00.000Z',
    },
    orderBy: { field: 'CREATED_AT', direction: 'DESC' },
  });
});

it('TEST-81: leaves the runs of one person, chosen by name', async () => {
  const { calls, router } = await renderApp(<RunsScreen />, { answers, path: '/runs' });
  const user = userEvent.setup();
  const [filter] = within(screen.getByRole('search')).getAllByRole('button', { name: 'Requested by' });
  await user.click(filter!);
  await user.click(await screen.findByRole('button', { name: /Bob/ }));
  await waitFor(() => expect(router.state.location.searchStr).toBe('?user=bob'));
  await waitFor(() => expect(calls.findLast(({ name }) => name === 'Runs')?.variables.filter).toMatchObject({ requestedBy: 'bob' }));
  expect(await screen.findByRole('button', { name: /Requested by: Bob/ })).toBeInTheDocument();
});

it('TEST-81: saves the rows shown as JSON, and opens a run beside them', async () => {
  await renderApp(<RunsScreen />, { answers, path: '/runs' });
  let blob: Blob | undefined;
  Object.assign(URL, {
    createObjectURL: (given: Blob) => {
      blob = given;
      return 'blob:runs';
    },
    revokeObjectURL: () => undefined,
  });
  const click = jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: 'Download JSON' }));
  click.mockRestore();
  expect(JSON.parse(await blob!.text()).map(({ prompt }: { prompt: string }) => prompt)).toEqual(['A cat named one', 'A cat named two']);
  await user.click(screen.getByRole('row', { name: /A cat named one/ }));
  const peek = await screen.findByRole('complementary', { name: 'Image · diffusion' });
  expect(await within(peek).findByRole('region', { name: 'Timeline' })).toHaveTextContent('Key leased');
  expect(within(peek).getByRole('link', { name: 'Open as a page' })).toHaveAttribute('href', `/runs/${runs[0]!.id}`);
});

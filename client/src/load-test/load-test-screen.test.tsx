import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import { fakeLive } from '../../test/fake-live';
import { refusal } from '../../test/fake-server';
import { LiveProvider } from '../live/context';
import type { LoadTestRow } from './list';
import LoadTestScreen from './load-test-screen';

const aTest = (id: string, change: Partial<LoadTestRow> = {}): LoadTestRow => ({
  __typename: 'LoadTest', id, state: 'RUNNING', providers: ['legnext-simulated'], bursts: [5, 10], minHoldMs: 100, maxHoldMs: 500, failure: null,
  results: [], requestedBy: null, createdAt: new Date().toISOString(), finishedAt: null, revision: '0', ...change,
});
const result = (burst: number): LoadTestRow['results'][number] => ({
  __typename: 'BurstResult', provider: 'legnext-simulated', burst, succeeded: burst - 1, failed: 1, successRate: (burst - 1) / burst, averageMs: 120,
  p50Ms: 100, p95Ms: 240, p99Ms: 260, maxMs: 1_500,
  keys: [{ __typename: 'KeyShare', name: 'mock-1', grants: 3 }, { __typename: 'KeyShare', name: 'mock-2', grants: 1 }],
});

async function show(tests: LoadTestRow[], started: object = {}) {
  const feeds = fakeLive();
  const app = await renderApp(<LiveProvider value={feeds.live}><LoadTestScreen /></LiveProvider>, {
    answers: {
      LoadTests: () => ({ loadTests: { nodes: tests, pageInfo: { hasNextPage: false, endCursor: null } } }),
      LoadTestPools: () => ({ keyPools: { nodes: [{ id: 'p1', provider: 'openai' }, { id: 'p2', provider: 'kling-simulated' }] } }),
      StartLoadTest: () => ({ startLoadTest: started }),
    },
  });
  return { ...app, feeds };
}

it('starts a test on chosen pools and shows each burst as it is measured', async () => {
  const test = aTest('t1');
  const { inputs, feeds } = await show([], { position: '1', loadTest: test, errors: [] });
  const user = userEvent.setup();
  const form = screen.getByRole('form', { name: 'Start the test' });
  await waitFor(() => expect(within(form).getAllByRole('checkbox').map((box) => box.getAttribute('value')))
    .toEqual(['legnext-simulated', 'kling-simulated', 'openai']));
  await user.click(within(form).getByRole('checkbox', { name: 'kling-simulated' }));
  await user.clear(within(form).getByLabelText(/^Bursts/));
  await user.type(within(form).getByLabelText(/^Bursts/), '5 10');
  await user.click(within(form).getByRole('button', { name: 'Start the test' }));
  expect(await screen.findByText('0 of 2 bursts')).toBeInTheDocument();
  expect(inputs('StartLoadTest')).toEqual([{ providers: ['legnext-simulated'], bursts: [5, 10], minHoldMs: 100, maxHoldMs: 500 }]);
  expect(within(form).getByRole('button', { name: 'Start the test' })).toBeDisabled();

  await feeds.change('loadTestChanged', { ...test, results: [result(5)], revision: '1' });
  const row = within(screen.getByRole('table')).getAllByRole('row')[1];
  expect(row).toHaveTextContent(/legnext-simulated580\.0 %120 ms100 ms240 ms260 ms1\.5 smock-1 3 · 75 %mock-2 1 · 25 %/);
  await feeds.change('loadTestChanged', { ...test, results: [result(5), result(10)], state: 'FINISHED', revision: '2' });
  expect(within(form).getByRole('button', { name: 'Start the test' })).toBeEnabled();
  expect(within(screen.getByRole('table')).getAllByRole('row')).toHaveLength(3);
});

it('refuses bursts that the server would refuse, and shows a refusal at its field', async () => {
  const { inputs } = await show([], { position: null, loadTest: null, errors: [refusal('max', ['input', 'maxHoldMs'])] });
  const user = userEvent.setup();
  const bursts = screen.getByLabelText(/^Bursts/);
  await user.clear(bursts);
  await user.type(bursts, '5, 500');
  await user.click(screen.getByRole('button', { name: 'Start the test' }));
  expect(inputs('StartLoadTest')).toEqual([]);
  expect(bursts).toHaveAccessibleDescription(/Give 1 to 10 whole numbers/);
  await user.clear(bursts);
  await user.type(bursts, '5');
  await user.click(screen.getByRole('button', { name: 'Start the test' }));
  await waitFor(() => expect(screen.getByLabelText(/^Held at most/)).toHaveAccessibleDescription('This is too large.'));
});

it('shows a burst that is repeated twice', async () => {
  const complaint = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  await show([aTest('t1', { bursts: [5, 5], results: [result(5), result(5)] })]);
  expect(await screen.findAllByRole('rowheader', { name: 'legnext-simulated' })).toHaveLength(2);
  expect(complaint).not.toHaveBeenCalled();
  complaint.mockRestore();
});

it('keeps earlier tests to look at', async () => {
  const earlier = aTest('t0', { state: 'FINISHED', createdAt: '2026-01-01T00:00:00Z', bursts: [7], results: [result(7)] });
  await show([aTest('t1', { state: 'FAILED', failure: 'The server was stopped.' }), earlier]);
  expect(await screen.findByRole('alert')).toHaveTextContent('The server was stopped.');
  await userEvent.setup().click(screen.getByRole('button', { name: /Finished/ }));
  expect(within(screen.getByRole('table')).getAllByRole('row')[1]).toHaveTextContent(/legnext-simulated7/);
});

import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import { fakeLive } from '../../test/fake-live';
import { startedHere, beginSession } from '../lib/session-runs';
import { listenForShortcuts } from '../lib/shortcuts';
import { LiveProvider } from '../live/context';
import MyRuns from './my-runs';
import { aRun } from './run.fixture';

jest.mock('../session', () => ({ useMay: () => true, useSession: () => ({ viewer: { user: { id: 'ada' } } }) }));

const done = aRun('done', { state: 'SUCCEEDED', createdAt: new Date(Date.now() - 90_000).toISOString() });
const going = aRun('going');

async function show(runs = [going, done]) {
  const feeds = fakeLive();
  const cleared = aRun('going', { state: 'CANCELLED', revision: '6' });
  let concurrency = { __typename: 'Concurrency', userLimit: 1, globalLimit: 4, mine: 1, total: 3 };
  const app = await renderApp(<LiveProvider value={feeds.live}><MyRuns /></LiveProvider>, {
    answers: {
      Runs: () => ({ runs: { nodes: runs, pageInfo: { hasNextPage: false, endCursor: null } } }),
      Concurrency: () => ({ concurrency }),
      ClearConcurrencySlots: () => {
        concurrency = { ...concurrency, mine: 0, total: 2 };
        return { clearConcurrencySlots: { position: '9', runs: [cleared], concurrency, errors: [] } };
      },
    },
  });
  return { ...app, feeds };
}

const panel = () => screen.findByRole('complementary', { name: 'My runs' });
const listed = (place: HTMLElement) => within(place).getAllByRole('listitem').map((item) => /named (\w+)/.exec(item.textContent ?? '')?.[1]);

let stop: () => void;
beforeEach(() => {
  stop = listenForShortcuts();
  beginSession();
});
afterEach(() => stop());

it('TEST-84: counts one\'s own runs that go on, live, and opens with one key from anywhere', async () => {
  const { calls, feeds } = await show();
  expect(await screen.findByRole('button', { name: 'My runs, 1 goes on' })).toHaveAttribute('aria-expanded', 'false');
  expect(calls.find(({ name }) => name === 'Runs')?.variables).toMatchObject({ first: 30, filter: { requestedBy: 'ada' } });
  await feeds.change('runChanged', aRun('new', { state: 'QUEUED', createdAt: new Date().toISOString() }));
  await feeds.change('runChanged', aRun('foreign', { requestedBy: { __typename: 'User', id: 'bob', displayName: 'Bob' } }));
  expect(screen.getByRole('button', { name: 'My runs, 2 go on' })).toBeInTheDocument();

  await userEvent.keyboard('m');
  const opened = await panel();
  expect(listed(opened)).toEqual(['new', 'going', 'done']);
  expect(within(opened).getByRole('link', { name: /A cat named done/ })).toHaveAttribute('href', `/runs/${done.id}`);
  expect(within(opened).getByRole('link', { name: /A cat named done/ })).toHaveTextContent('Succeeded');
  await feeds.change('runChanged', aRun('going', { state: 'FAILED', revision: '9' }));
  expect(within(opened).getByRole('link', { name: /A cat named going/ })).toHaveTextContent('Failed');
  await userEvent.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('complementary')).not.toBeInTheDocument());
  expect(screen.getByRole('button', { name: 'My runs, 1 goes on' })).toHaveFocus();
});

it('TEST-84: tells how much of the limits is used, and gives one\'s own up after asking', async () => {
  const { inputs } = await show();
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: 'My runs, 1 goes on' }));
  const opened = await panel();
  expect(await within(opened).findByText('Mine 1/1')).toBeInTheDocument();
  expect(within(opened).getByText('Total 3/4')).toBeInTheDocument();
  await user.click(within(opened).getByRole('button', { name: 'Clear my runs' }));
  const asked = await screen.findByRole('dialog', { name: 'Clear my runs' });
  expect(inputs('ClearConcurrencySlots')).toEqual([]);
  await user.click(within(asked).getByRole('button', { name: 'Clear my runs' }));
  expect(await within(opened).findByText('Mine 0/1')).toBeInTheDocument();
  await waitFor(() => expect(within(opened).getByRole('link', { name: /A cat named going/ })).toHaveTextContent('Cancelled'));
});

it('TEST-84: leaves what was started in this browser session, until a new one begins', async () => {
  startedHere(done.id);
  await show();
  const user = userEvent.setup();
  await user.click(await screen.findByRole('button', { name: 'My runs, 1 goes on' }));
  const opened = await panel();
  expect(listed(opened)).toEqual(['going', 'done']);
  await user.click(within(opened).getByRole('checkbox', { name: 'This browser session only' }));
  await user.unhover(within(opened).getByRole('list'));
  expect(listed(opened)).toEqual(['done']);
  await user.click(within(opened).getByRole('button', { name: 'New session' }));
  expect(within(opened).getByText('Nothing was started in this browser session.')).toBeInTheDocument();
});

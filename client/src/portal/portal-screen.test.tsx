import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import type { Answers } from '../../test/fake-server';
import { someSession, someViewer } from '../../test/viewer';
import { may as mayOf, type Feature, type Scope } from '../lib/permissions';
import PortalScreen from './portal-screen';
import type { PortalRun } from './runs';

let features: Feature[] = [];
const scopes = ['account', 'runs:read', 'runs:write', 'chats:read'];
const viewer = () => someViewer({ role: 'USER', scopes, features });
jest.mock('../session', () => ({
  useSession: () => ({ viewer: viewer(), setup: someSession(null).setupState }),
  useMay: (scope: Scope) => mayOf(viewer(), scope),
}));

const aRun = (name: string, changed: Partial<PortalRun> = {}): PortalRun => ({
  __typename: 'Run', id: btoa(`Run:${name}`), kind: 'IMAGE', operation: 'LEGNEXT_DIFFUSION', state: 'SUCCEEDED', model: 'midjourney', provider: 'legnext',
  simulated: false, prompt: name, watchable: false, outputs: [], requestedBy: { __typename: 'User', id: 'user-1' },
  createdAt: '2030-01-01T00:00:00.000Z', updatedAt: '2030-01-01T00:00:00.000Z', revision: '1', ...changed,
});

function open(answers: Answers = {}) {
  return renderApp(<PortalScreen />, {
    path: '/home',
    answers: {
      PortalRuns: () => ({
        runs: { nodes: [aRun('a fox in the snow'), aRun('talk', { kind: 'CHAT', prompt: null, model: 'gpt-4o' })], pageInfo: { hasNextPage: false, endCursor: null } },
      }),
      PortalUsage: () => ({
        viewer: {
          __typename: 'Viewer', user: { __typename: 'User', id: 'user-1', tier: 'free' },
          usage: { __typename: 'Usage', totalRequests: 120, dailyRequests: 9, dailyLimit: 10, remainingRequests: 1 },
        },
      }),
      Concurrency: () => ({ concurrency: { __typename: 'Concurrency', userLimit: 1, globalLimit: 4, mine: 1, total: 3 } }),
      ...answers,
    },
  });
}

const search = () => screen.getByRole('searchbox', { name: 'Search tools and your runs' });
const hits = () => within(screen.getByRole('list', { name: 'Found' })).getAllByRole('link').map(({ textContent }) => textContent?.trim());

beforeEach(() => {
  features = ['RUNS', 'LEGNEXT', 'CHAT', 'PORTAL'];
});

describe('the portal', () => {
  it('TEST-85: has the tools that are switched on, and no others', async () => {
    await open();
    const tools = within(screen.getByRole('navigation', { name: 'Tools' })).getAllByRole('link').map((link) => link.getAttribute('href'));
    expect(tools).toEqual(['/chat', '/create/legnext', '/runs']);
    expect(screen.getByRole('link', { name: /^Images by LegNext/ })).toHaveTextContent('Pictures by Midjourney from one prompt');
  });

  it('TEST-84: shows the quota of today, the work under way against its limits, and one\'s recent runs', async () => {
    const { calls } = await open();
    expect(await screen.findByText('9 of 10 requests; 1 left')).toBeInTheDocument();
    expect(await screen.findByText('Under way: 1 of your 1, 3 of 4 in all')).toBeInTheDocument();
    expect(screen.getByText('1 request is left today.')).toBeInTheDocument();
    const recent = screen.getByRole('region', { name: 'Your recent runs' });
    expect((await within(recent).findAllByRole('link')).map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/^a fox in the snow.*Succeeded/), expect.stringMatching(/^Chat · gpt-4o/),
    ]);
    expect(calls.find(({ name }) => name === 'PortalRuns')?.variables.filter).toEqual({ requestedBy: 'user-1' });
  });

  it('finds places and one\'s own runs, and Enter opens the first', async () => {
    const { router } = await open();
    fireEvent.change(search(), { target: { value: 'SNOW' } });
    await waitFor(() => expect(hits()).toEqual(['a fox in the snow', 'Search Runs for “SNOW”']));
    fireEvent.change(search(), { target: { value: 'chat' } });
    expect(hits()).toEqual(['Chat', 'Search Runs for “chat”']);
    await userEvent.setup().type(search(), '{Enter}');
    await waitFor(() => expect(router.state.location.pathname).toBe('/chat'));
  });

  it('opens the run that was found when no place was', async () => {
    const { router } = await open();
    fireEvent.change(search(), { target: { value: 'snow' } });
    await within(screen.getByRole('list', { name: 'Found' })).findByRole('link', { name: /a fox in the snow/ });
    await userEvent.setup().type(search(), '{Enter}');
    await waitFor(() => expect(router.state.location.pathname).toBe(`/runs/${btoa('Run:a fox in the snow')}`));
  });

  it('goes on without a part that fails', async () => {
    await open({ Concurrency: () => undefined, PortalRuns: () => undefined });
    expect(await screen.findByText('9 of 10 requests; 1 left')).toBeInTheDocument();
    expect(await within(screen.getByRole('region', { name: 'Under way' })).findByRole('alert')).toBeInTheDocument();
    expect(await within(screen.getByRole('region', { name: 'Your recent runs' })).findByRole('alert')).toBeInTheDocument();
    expect(screen.getByRole('navigation', { name: 'Tools' })).toBeInTheDocument();
  });

  it('asks for nothing of runs where they are switched off', async () => {
    features = ['CHAT', 'PORTAL'];
    const { calls } = await open();
    expect(await screen.findByText('9 of 10 requests; 1 left')).toBeInTheDocument();
    expect([...new Set(calls.map(({ name }) => name))]).toEqual(['PortalUsage']);
    expect(screen.queryByRole('region', { name: 'Your recent runs' })).not.toBeInTheDocument();
  });
});

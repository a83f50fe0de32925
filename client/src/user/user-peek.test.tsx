import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { fakeServer, refusal, type Answers } from '../../test/fake-server';
import { renderIn } from '../../test/render';
import type { Role } from '../lib/permissions';
import { UserPeek } from './user-peek';
import { aUser } from './user.fixture';

const viewer = { role: 'OWNER' as Role, user: { id: 'me' } };
let mayWrite = true;

jest.mock('../session', () => ({
  useSession: () => ({ viewer }),
  useMay: (scope: string) => (scope.endsWith(':write') ? mayWrite : true),
}));
jest.mock('@tanstack/react-router', () => ({ Link: ({ children }: { children: React.ReactNode }) => <span>{children}</span> }));

const nothing = { __typename: 'Entitlements', models: null, services: null, features: null };

const session = (id: string, device: string) => ({
  __typename: 'Session', id, method: 'GOOGLE', openedAt: '2030-01-01T00:00:00.000Z', lastSeenAt: '2030-01-01T00:00:00.000Z',
  expiresAt: '2030-01-02T00:00:00.000Z', address: '192.0.2.x', device, current: false,
});

function server(answers: Answers = {}) {
  return fakeServer({
    UserAccess: ({ id }) => ({
      node: {
        __typename: 'User', id,
        usage: { __typename: 'Usage', totalRequests: 1_234, dailyRequests: 7, dailyLimit: 100, remainingRequests: 93 },
        sessions: [session('s1', 'curl/8'), session('s2', 'night-worker')],
        clientKeys: [],
      },
    }),
    UserEntitlements: ({ id }) => ({
      node: {
        __typename: 'User', id,
        entitlements: {
          __typename: 'EffectiveEntitlements', models: ['gpt-4o', 'gpt-4o-mini'], services: [], features: ['CHAT'],
          fromTenant: { ...nothing, models: ['gpt-4o'], services: [] }, fromTier: { ...nothing, models: ['gpt-4o-mini'] }, fromUser: nothing,
        },
      },
    }),
    CreatePasswordLink: () => ({
      createPasswordLink: { position: '1', url: 'https://here.example/reset/not-a-token', expiresAt: '2030-01-02T00:00:00.000Z', errors: [] },
    }),
    UpdateUser: () => ({ updateUser: { position: '1', user: null, errors: [refusal('max_length', ['input', 'organization'])] } }),
    AssignTier: () => ({ assignTier: { position: '1', user: aUser('Ada', { tier: 'pro', revision: '1' }), errors: [] } }),
    RevokeSession: () => ({ revokeSession: { position: '1', sessionId: 's1', errors: [] } }),
    ...answers,
  });
}

async function shown(user: ReturnType<typeof aUser>, { around } = server()) {
  const rendered = await renderIn(around(<UserPeek user={user} onChanged={jest.fn()} onGranted={jest.fn()} />));
  if (user.state !== 'DELETED') {
    await screen.findByText('from the tier');
    await screen.findByText('curl 8');
  }
  return rendered;
}
const acts = () => ['Edit', 'Password link', 'Set password', 'Reactivate', 'Deactivate', 'Delete']
  .filter((name) => screen.queryByRole('button', { name }));

beforeEach(() => {
  mayWrite = true;
  viewer.role = 'OWNER';
});

describe('acts on a user', () => {
  it('are offered as far as the roles of both allow', async () => {
    await shown(aUser('Ada'));
    expect(acts()).toEqual(['Edit', 'Password link', 'Set password', 'Deactivate', 'Delete']);
  });

  it('are not offered on people above, to those who read only, and on the deleted', async () => {
    viewer.role = 'ADMIN';
    const { unmount } = await shown(aUser('Olga', { role: 'OWNER' }));
    expect(acts()).toEqual([]);
    unmount();
    viewer.role = 'AUDITOR';
    mayWrite = false;
    const second = await shown(aUser('Ada'));
    expect(acts()).toEqual([]);
    expect(screen.queryByRole('button', { name: /End/ })).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Change' })).not.toBeInTheDocument();
    second.unmount();
    viewer.role = 'OWNER';
    mayWrite = true;
    await shown(aUser('Ada', { state: 'DELETED', email: null }));
    expect(acts()).toEqual([]);
  });

  it('show the password link once and forget it', async () => {
    const user = userEvent.setup();
    await shown(aUser('Ada'));
    await user.click(screen.getByRole('button', { name: 'Password link' }));
    await user.click(await screen.findByRole('button', { name: 'Reveal' }));
    expect(screen.getByRole('textbox', { name: 'Secret' })).toHaveValue('https://here.example/reset/not-a-token');
    await user.click(screen.getByRole('checkbox', { name: 'I stored it' }));
    await user.click(screen.getByRole('button', { name: 'Done' }));
    expect(document.documentElement.innerHTML).not.toContain('not-a-token');
  });

  it('make another password link when the answer with the first one got lost', async () => {
    let asked = 0;
    const held = server({
      CreatePasswordLink: () => {
        asked += 1;
        // The second has the key of the first: the link is made, and told no more.
        const url = asked === 3 ? 'https://here.example/reset/another' : null;
        return asked === 1 ? undefined : { createPasswordLink: { position: '1', url, expiresAt: null, errors: [] } };
      },
    });
    const user = userEvent.setup();
    await shown(aUser('Ada'), held);
    await user.click(screen.getByRole('button', { name: 'Password link' }));
    expect(await screen.findByText('The server cannot be reached.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Password link' }));
    await user.click(await screen.findByRole('button', { name: 'Reveal' }));
    expect(screen.getByRole('textbox', { name: 'Secret' })).toHaveValue('https://here.example/reset/another');
    const keys = held.asked.filter(({ name }) => name === 'CreatePasswordLink').map(({ variables }) => variables.input.idempotencyKey);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
  });

  it('open a confirmation anew without what the last one was refused for', async () => {
    const held = server({
      DeactivateUser: () => ({ deactivateUser: { position: null, user: null, errors: [refusal('last_owner', null, 'B2003')] } }),
    });
    const user = userEvent.setup();
    await shown(aUser('Ada'), held);
    await user.click(screen.getByRole('button', { name: 'Deactivate' }));
    await user.type(await screen.findByRole('textbox'), 'ada@example.com');
    await waitFor(() => expect(screen.getAllByRole('button', { name: 'Deactivate' }).at(-1)).toBeEnabled(), { timeout: 4_000 });
    await user.keyboard('{Enter}');
    expect(await screen.findByRole('alert')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    await user.click(screen.getByRole('button', { name: 'Deactivate' }));
    expect(await screen.findByRole('textbox')).toHaveValue('');
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  }, 20_000);

  it('edit no field twice, nor what somebody else changed meanwhile', async () => {
    const held = server({
      AssignTier: () => ({ assignTier: { position: '1', user: aUser('Ada', { tier: 'pro', note: 'of a colleague', revision: '1' }), errors: [] } }),
    });
    const user = userEvent.setup();
    await shown(aUser('Ada'), held);
    await user.click(screen.getByRole('button', { name: 'Edit' }));
    await user.type(await screen.findByRole('textbox', { name: 'Organisation' }), ' and more');
    await user.clear(screen.getByRole('textbox', { name: 'Tier' }));
    await user.type(screen.getByRole('textbox', { name: 'Tier' }), 'pro');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await screen.findByText('This is too long.');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(held.inputs('UpdateUser')).toHaveLength(2));
    expect(held.inputs('UpdateUser')[1]).toEqual({ userId: aUser('Ada').id, organization: 'Physics and more' });
    expect(held.inputs('AssignTier')).toHaveLength(1);
  });

  it('ask a server that cannot be reached for one thing only', async () => {
    const held = server({ UpdateUser: () => undefined });
    const user = userEvent.setup();
    await shown(aUser('Ada'), held);
    await user.click(screen.getByRole('button', { name: 'Edit' }));
    await user.type(await screen.findByRole('textbox', { name: 'Organisation' }), ' and more');
    await user.type(screen.getByRole('textbox', { name: 'Tier' }), '2');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('The server cannot be reached.')).toBeInTheDocument();
    expect(held.inputs('AssignTier')).toEqual([]);
  });

  it('send only what an edit changes; what is refused stands at its field and can be corrected', async () => {
    const held = server();
    const user = userEvent.setup();
    await shown(aUser('Ada'), held);
    await user.click(screen.getByRole('button', { name: 'Edit' }));
    const organization = await screen.findByRole('textbox', { name: 'Organisation' });
    await user.type(organization, ' and more');
    await user.clear(screen.getByRole('textbox', { name: 'Tier' }));
    await user.type(screen.getByRole('textbox', { name: 'Tier' }), 'pro');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('This is too long.')).toBeInTheDocument();
    expect(organization).toBeInvalid();
    expect(held.inputs('UpdateUser')).toEqual([{ userId: aUser('Ada').id, organization: 'Physics and more' }]);
    expect(held.inputs('AssignTier')).toEqual([{ userId: aUser('Ada').id, tier: 'pro' }]);
    await user.click(screen.getByRole('button', { name: 'Save' }));
    expect(held.inputs('UpdateUser')).toHaveLength(2);
    expect(held.inputs('AssignTier')).toHaveLength(1);
    expect(held.asked.map(({ name }) => name)).not.toContain('AssignRole');
  });
});

it('shows what a user may use with where it comes from, and how much they used', async () => {
  await shown(aUser('Ada'));
  expect(screen.getByText('gpt-4o').closest('li')).toHaveTextContent('gpt-4o from the tenant');
  expect(screen.getByText('from the tier').closest('li')).toHaveTextContent('gpt-4o-mini from the tier');
  expect(screen.getByText('7 of 100')).toBeInTheDocument();
  expect(screen.getByText('1,234')).toBeInTheDocument();
});

it('ends a session of theirs once that was confirmed', async () => {
  const held = server();
  const user = userEvent.setup();
  await shown(aUser('Ada'), held);
  await user.click(await screen.findByRole('button', { name: 'End the session curl 8' }));
  expect(held.inputs('RevokeSession')).toEqual([]);
  await user.click(await screen.findByRole('button', { name: 'End' }));
  expect(held.inputs('RevokeSession')).toEqual([{ sessionId: 's1' }]);
});

it('says of each session by itself why it was not ended', async () => {
  const held = server({
    RevokeSession: () => ({ revokeSession: { position: null, sessionId: null, errors: [refusal('role_above', null, 'B2003')] } }),
  });
  const user = userEvent.setup();
  await shown(aUser('Ada'), held);
  await user.click(screen.getByRole('button', { name: 'End the session curl 8' }));
  await user.click(await screen.findByRole('button', { name: 'End' }));
  expect(await screen.findByText('You manage only people whose role is below yours.')).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Cancel' }));
  await user.click(screen.getByRole('button', { name: 'End the session night-worker' }));
  const asking = await screen.findByRole('dialog', { name: 'End the session night-worker' });
  expect(within(asking).queryByRole('alert')).not.toBeInTheDocument();
});

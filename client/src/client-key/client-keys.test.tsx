import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import { refusal } from '../../test/fake-server';
import { useMay } from '../session';
import { ClientKeys, keyUsage } from './client-keys';
import { clientKeyVersion, type ClientKeyRow } from './list';
import { OwnClientKeys } from './own-client-keys';

jest.mock('../session', () => ({ useMay: jest.fn(), useSession: () => ({ viewer: { user: { id: 'user-1' } } }) }));

const secret = 'sk-kl-not-a-key';
const day = 24 * 60 * 60_000;

const someKey = (change: Partial<ClientKeyRow> = {}): ClientKeyRow => ({
  __typename: 'ClientKey', id: 'key-1', name: 'nightly', scopes: ['runs:read'], lastFour: 'abcd', state: 'ACTIVE',
  expiresAt: new Date(Date.now() + 30 * day).toISOString(), createdAt: new Date(Date.now() - day).toISOString(),
  useCount: 3, lastUsedAt: new Date(Date.now() - 60_000).toISOString(), owner: { __typename: 'ServiceClient', id: 'client-1' },
  ...change,
});

const page = (nodes: ClientKeyRow[]) => ({ clientKeys: { nodes, pageInfo: { hasNextPage: false, endCursor: null } } });

const keys = (
  <ClientKeys ownerId="client-1" clientId="client-1" title={<h2>Keys</h2>}
    scopes={[{ scope: 'runs:read', about: '' }, { scope: 'audit:read', about: '' }]} />
);

beforeEach(() => jest.mocked(useMay).mockReturnValue(true));
afterEach(() => jest.useRealTimers());

/** Clocks that go by themselves and can be turned on, such as over the time in which a final act cannot be confirmed. */
function hasty(): ReturnType<typeof userEvent.setup> {
  jest.useFakeTimers({ advanceTimers: true, doNotFake: ['requestAnimationFrame', 'queueMicrotask'] });
  return userEvent.setup({ advanceTimers: jest.advanceTimersByTime });
}
const later = (ms: number) => act(() => jest.advanceTimersByTimeAsync(ms));
const refused = (field: string, rule: string, path: string[] | null = null) => ({ [field]: {
  position: null, secret: null, clientKey: null, errors: [refusal(rule, path, 'V1004')],
} });

describe('client keys', () => {
  it('begin with the next step and the call that does the same', async () => {
    await renderApp(keys, { answers: { ClientKeys: () => page([]) } });
    expect(await screen.findByText('No client keys yet')).toBeInTheDocument();
    expect(screen.getByRole('group', { name: 'The same with GraphQL' })).toHaveTextContent('issueClientKey');
    expect(screen.getByRole('button', { name: 'Issue client key' })).toBeInTheDocument();
  });

  it('are asked for by owner, and show uses and last use', async () => {
    const { calls } = await renderApp(keys, { answers: { ClientKeys: () => page([someKey()]) } });
    expect(await screen.findByText('nightly')).toBeInTheDocument();
    expect(screen.getByText(/3 uses/)).toHaveTextContent(/last used/);
    expect(calls[0]).toMatchObject({ name: 'ClientKeys', variables: { filter: { ownerId: 'client-1' } } });
  });

  it('are counted again while they are on screen', async () => {
    hasty();
    let useCount = 3;
    await renderApp(keys, { answers: { ClientKeys: () => page([someKey({ useCount })]) } });
    expect(screen.getByText(/3 uses/)).toBeInTheDocument();
    useCount = 12;
    await later(5_100);
    expect(await screen.findByText(/12 uses/)).toBeInTheDocument();
  });

  it('are not asked for again once all of them are over', async () => {
    hasty();
    const { calls } = await renderApp(keys, { answers: { ClientKeys: () => page([someKey({ state: 'REVOKED' })]) } });
    expect(await screen.findByText('Revoked')).toBeInTheDocument();
    const asked = calls.length;
    await later(11_000);
    expect(calls).toHaveLength(asked);
  });

  it('are issued with all that the owner may, shown once, and gone from the page after that', async () => {
    const issued = someKey({ id: 'key-2', name: 'worker', useCount: 0, lastUsedAt: null });
    const { calls } = await renderApp(keys, { answers: {
      ClientKeys: () => page([someKey()]),
      IssueClientKey: () => ({ issueClientKey: { position: '9', secret, clientKey: issued, errors: [] } }),
    } });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Issue client key' }));
    const form = await screen.findByRole('dialog');
    await user.type(within(form).getByLabelText(/^Name of the key/), 'worker');
    await user.clear(within(form).getByLabelText(/^Works for days/));
    await user.type(within(form).getByLabelText(/^Works for days/), '90');
    await user.click(within(form).getByRole('button', { name: 'Issue client key' }));

    expect(await screen.findByText(/only time it is shown/)).toBeInTheDocument();
    expect(calls.find(({ name }) => name === 'IssueClientKey')?.variables.input)
      .toMatchObject({ clientId: 'client-1', name: 'worker', expiresInDays: 90, scopes: undefined });
    expect(document.body.innerHTML).not.toContain(secret);
    expect(screen.getByRole('group', { name: 'How to use it' })).toHaveTextContent('X-API-Key: SECRET');
    await user.click(screen.getByRole('button', { name: 'Reveal' }));
    expect(screen.getByRole('textbox', { name: 'Secret' })).toHaveValue(secret);
    await user.click(screen.getByRole('checkbox', { name: 'I stored it' }));
    await user.click(screen.getByRole('button', { name: 'Done' }));
    expect(await screen.findByText('worker')).toBeInTheDocument();
    expect(document.documentElement.innerHTML).not.toContain(secret);
  });

  it('are issued with some scopes only once some are chosen', async () => {
    const { calls } = await renderApp(keys, { answers: {
      ClientKeys: () => page([]),
      IssueClientKey: () => ({ issueClientKey: { position: '9', secret, clientKey: someKey(), errors: [] } }),
    } });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Issue client key' }));
    const form = await screen.findByRole('dialog');
    await user.type(within(form).getByLabelText(/^Name of the key/), 'reader');
    await user.click(within(form).getByRole('switch', { name: 'It may do all that the client may do' }));
    expect(within(form).getByRole('button', { name: 'Issue client key' })).toBeDisabled();
    await user.click(within(form).getByRole('checkbox', { name: 'read the audit log' }));
    await user.click(within(form).getByRole('button', { name: 'Issue client key' }));
    await screen.findByText(/only time it is shown/);
    expect(calls.find(({ name }) => name === 'IssueClientKey')?.variables.input).toMatchObject({ scopes: ['audit:read'] });
  });

  it('put a refusal on its field', async () => {
    await renderApp(keys, { answers: {
      ClientKeys: () => page([]),
      IssueClientKey: () => refused('issueClientKey', 'max', ['input', 'expiresInDays']),
    } });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Issue client key' }));
    const form = await screen.findByRole('dialog');
    await user.type(within(form).getByLabelText(/^Name of the key/), 'reader');
    await user.click(within(form).getByRole('button', { name: 'Issue client key' }));
    await waitFor(() => expect(within(form).getByLabelText(/^Works for days/)).toHaveAccessibleDescription(/too large/));
  });

  it('tell of a key that was issued though its secret never arrived', async () => {
    const answers = [undefined, { issueClientKey: { position: '9', secret: null, clientKey: someKey({ name: 'worker' }), errors: [] } }];
    const { calls } = await renderApp(keys, { answers: { ClientKeys: () => page([]), IssueClientKey: () => answers.shift() } });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Issue client key' }));
    const form = await screen.findByRole('dialog');
    await user.type(within(form).getByLabelText(/^Name of the key/), 'worker');
    await user.click(within(form).getByRole('button', { name: 'Issue client key' }));
    expect(await within(form).findByText('OFFLINE')).toBeInTheDocument();
    await user.click(within(form).getByRole('button', { name: 'Issue client key' }));
    const lost = await screen.findByRole('dialog', { name: 'Client key worker is issued' });
    expect(lost).toHaveTextContent(/its secret can no longer be shown.*Revoke this key, and issue another one/);
    const keysSent = calls.filter(({ name }) => name === 'IssueClientKey').map(({ variables }) => variables.input.idempotencyKey);
    expect(keysSent[1]).toBe(keysSent[0]);
    await user.click(within(lost).getByRole('button', { name: 'Done' }));
    expect(await screen.findByRole('button', { name: 'Revoke worker' })).toBeInTheDocument();
  });

  it('are revoked by typing their name, which says how often they were used', async () => {
    const user = hasty();
    const { calls } = await renderApp(keys, { answers: {
      ClientKeys: () => page([someKey()]),
      RevokeClientKey: () => ({ revokeClientKey: { position: '9', clientKey: someKey({ state: 'REVOKED' }), errors: [] } }),
    } });
    await user.click(await screen.findByRole('button', { name: 'Revoke nightly' }));
    const ask = await screen.findByRole('dialog');
    expect(ask).toHaveTextContent('It was used 3 times so far');
    await user.type(within(ask).getByRole('textbox'), 'nightly');
    const revoke = within(ask).getByRole('button', { name: 'Revoke' });
    expect(revoke).toBeDisabled();
    await later(2_000);
    await user.click(revoke);
    expect(await screen.findByText('Revoked')).toBeInTheDocument();
    expect(calls.find(({ name }) => name === 'RevokeClientKey')?.variables.input).toMatchObject({ keyId: 'key-1' });
    expect(screen.queryByRole('button', { name: 'Revoke nightly' })).not.toBeInTheDocument();
  });

  it('show a refusal in the dialog of the key that it is about, and in no other', async () => {
    const user = hasty();
    await renderApp(keys, { answers: {
      ClientKeys: () => page([someKey(), someKey({ id: 'key-2', name: 'worker' })]),
      RevokeClientKey: () => refused('revokeClientKey', 'busy'),
    } });
    await user.click(await screen.findByRole('button', { name: 'Revoke nightly' }));
    const first = await screen.findByRole('dialog');
    await user.type(within(first).getByRole('textbox'), 'nightly');
    await later(2_000);
    await user.click(within(first).getByRole('button', { name: 'Revoke' }));
    expect(await within(first).findByText('V1004')).toBeInTheDocument();
    await user.click(within(first).getByRole('button', { name: 'Cancel' }));
    await user.click(await screen.findByRole('button', { name: 'Revoke worker' }));
    expect(await screen.findByRole('dialog', { name: 'Revoke worker' })).not.toHaveTextContent('V1004');
  });

  it('are only looked at by those who may not change them', async () => {
    jest.mocked(useMay).mockReturnValue(false);
    await renderApp(keys, { answers: { ClientKeys: () => page([someKey()]) } });
    expect(await screen.findByText('nightly')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Issue|Revoke/ })).not.toBeInTheDocument();
  });
});

it('one’s own keys say why nothing can be chosen for them, and ask again', async () => {
  let down = true;
  const ownScopes = () => (down ? undefined : { ownScopes: [{ scope: 'audit:read', about: '' }] });
  await renderApp(<OwnClientKeys />, { answers: { ClientKeys: () => page([]), OwnScopes: ownScopes } });
  const user = userEvent.setup();
  expect(await screen.findByRole('alert')).toHaveTextContent('OFFLINE');
  down = false;
  await user.click(await screen.findByRole('button', { name: 'Try again' }));
  await user.click(await screen.findByRole('button', { name: 'Issue client key' }));
  await user.click(await screen.findByRole('switch'));
  expect(await screen.findByRole('checkbox', { name: 'read the audit log' })).toBeInTheDocument();
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();
});

it('a key is newer with more uses, and newest once it is over', () => {
  const versions = [
    clientKeyVersion({ useCount: 0, state: 'ACTIVE' }), clientKeyVersion({ useCount: 7, state: 'ACTIVE' }),
    clientKeyVersion({ useCount: 7, state: 'EXPIRED' }), clientKeyVersion({ useCount: 7, state: 'REVOKED' }),
  ];
  expect([...versions].sort((a, b) => (a < b ? -1 : 1))).toEqual(versions);
  expect(new Set(versions).size).toBe(4);
});

it('the way to use a key is a call to this very server', () => {
  expect(keyUsage('https://keys.example.test')).toContain('curl "https://keys.example.test/graphql"');
});

import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import { useMay } from '../setup';
import { ClientKeys, keyUsage } from './client-keys';
import { clientKeyVersion, type ClientKeyRow } from './list';

jest.mock('../setup', () => ({ useMay: jest.fn() }));

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
    jest.useFakeTimers({ doNotFake: ['requestAnimationFrame', 'queueMicrotask'] });
    let useCount = 3;
    const rendered = renderApp(keys, { answers: { ClientKeys: () => page([someKey({ useCount })]) } });
    await jest.advanceTimersByTimeAsync(100);
    await rendered;
    expect(screen.getByText(/3 uses/)).toBeInTheDocument();
    useCount = 12;
    await act(() => jest.advanceTimersByTimeAsync(5_100));
    jest.useRealTimers();
    expect(await screen.findByText(/12 uses/)).toBeInTheDocument();
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
    const refused = { code: 'V1004', rule: 'max', message: '', path: ['input', 'expiresInDays'], correlationId: 'c', details: null };
    await renderApp(keys, { answers: {
      ClientKeys: () => page([]),
      IssueClientKey: () => ({ issueClientKey: { position: null, secret: null, clientKey: null, errors: [refused] } }),
    } });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Issue client key' }));
    const form = await screen.findByRole('dialog');
    await user.type(within(form).getByLabelText(/^Name of the key/), 'reader');
    await user.click(within(form).getByRole('button', { name: 'Issue client key' }));
    await waitFor(() => expect(within(form).getByLabelText(/^Works for days/)).toHaveAccessibleDescription(/too large/));
  });

  it('are revoked by typing their name, which says how often they were used', async () => {
    const { calls } = await renderApp(keys, { answers: {
      ClientKeys: () => page([someKey()]),
      RevokeClientKey: () => ({ revokeClientKey: { position: '9', clientKey: someKey({ state: 'REVOKED' }), errors: [] } }),
    } });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Revoke nightly' }));
    const ask = await screen.findByRole('dialog');
    expect(ask).toHaveTextContent('It was used 3 times so far');
    await user.type(within(ask).getByRole('textbox'), 'nightly');
    const act = within(ask).getByRole('button', { name: 'Revoke' });
    await waitFor(() => expect(act).toBeEnabled(), { timeout: 4_000 });
    await user.click(act);
    expect(await screen.findByText('Revoked')).toBeInTheDocument();
    expect(calls.find(({ name }) => name === 'RevokeClientKey')?.variables.input).toMatchObject({ keyId: 'key-1' });
    expect(screen.queryByRole('button', { name: 'Revoke nightly' })).not.toBeInTheDocument();
  });

  it('are only looked at by those who may not change them', async () => {
    jest.mocked(useMay).mockReturnValue(false);
    await renderApp(keys, { answers: { ClientKeys: () => page([someKey()]) } });
    expect(await screen.findByText('nightly')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Issue|Revoke/ })).not.toBeInTheDocument();
  });
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

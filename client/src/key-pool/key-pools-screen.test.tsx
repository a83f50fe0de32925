import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import { refusal, type Answers } from '../../test/fake-server';
import type { KeyPoolRow } from './list';
import KeyPoolsScreen from './key-pools-screen';
import { aKey, aLease, aPool, aTicket } from './pool.fixture';

jest.mock('../session', () => ({ useSession: () => ({ viewer: { role: 'OWNER', user: { id: btoa('User:me') } } }), useMay: () => true }));

const runId = btoa('Run:0a1b2c3d4e5f').replaceAll('=', '');
const main = aKey('main', { activeLeases: 2, permitsLastMinute: 2, permitTimes: [new Date().toISOString(), new Date().toISOString()] });
const spare = aKey('spare', {
  coolingDownUntil: new Date(Date.now() + 295_000).toISOString(), coolDownReason: 'QUOTA', expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
});
const contended = aPool({
  keys: [main, spare, aKey('old', { active: false })],
  leases: [
    aLease('lease-1', main, { run: { __typename: 'Run', id: runId }, holder: 'run/0a1b2c3d4e5f' }),
    aLease('lease-2', main, { lastHeartbeatAt: new Date(Date.now() - 80_000).toISOString() }),
    aLease('lease-3', null, { holder: 'me' }),
  ],
  queue: [aTicket('ticket-1'), aTicket('ticket-2', { place: 2, holder: 'me', reason: 'RPM', retryAfterMs: 12_000, estimatedWaitMs: 40_000 })],
  activeLeases: 3, waiting: 2, capacity: 3, grantsLastMinute: 7, waitP50Ms: 900, waitP95Ms: 4_200,
});

const pools = (...nodes: KeyPoolRow[]): Answers => ({
  KeyPools: () => ({ keyPools: { nodes, pageInfo: { hasNextPage: false, endCursor: null } } }),
  KeyPool: () => ({ keyPool: nodes[0] }),
});

const menu = async (user: ReturnType<typeof userEvent.setup>, key: string, act: string) => {
  await user.click(await screen.findByRole('button', { name: `Acts on ${key}` }));
  await user.click(await screen.findByRole('button', { name: act }));
};

describe('the lease board', () => {
  it('TEST-82: shows who holds which key and who waits why, and no secret', async () => {
    await renderApp(<KeyPoolsScreen />, { answers: pools(contended) });
    const pool = await screen.findByRole('region', { name: 'legnext' });
    expect(pool).toHaveTextContent('At capacity');
    expect(pool).toHaveTextContent('7 grants in the last minute');
    expect(pool).toHaveTextContent('wait p50 900 ms, p95 4.2 s');
    expect(within(pool).getByRole('link', { name: 'Run 0a1b2c3d' })).toHaveAttribute('href', `/runs/${runId}`);
    const [lane, resting, off, shared] = within(pool).getAllByRole('listitem').filter((item) => item.className === 'lane') as HTMLElement[];
    expect(lane).toHaveTextContent(/main…1234.*2 of 2 in use.*2 of 60 in the last minute/);
    expect(within(lane!).getByText('worker-7').closest('li')).toHaveTextContent('heartbeat is late');
    expect(resting).toHaveTextContent(/Rests 4m \d\ds.*its credit is used up.*Expires soon/);
    expect(off).toHaveTextContent('Off');
    expect(shared).toHaveTextContent('You');
    const waiters = within(pool).getAllByRole('listitem').filter((item) => item.className === 'ticket');
    expect(waiters[0]).toHaveTextContent(/1worker-9All keys taken/);
    expect(waiters[1]).toHaveTextContent(/2YouRate limitagain in \d+\.\d s ?about \d+\.\d s more/);
    expect(within(waiters[0]!).queryByRole('button', { name: 'Give up' })).not.toBeInTheDocument();
    expect(within(waiters[1]!).getByRole('button', { name: 'Give up' })).toBeInTheDocument();
  });

  it('TEST-82: says of leases on a key that was switched off that there is no room for them now', async () => {
    const old = aKey('old', { active: false, activeLeases: 1 });
    await renderApp(<KeyPoolsScreen />, { answers: pools(aPool({ keys: [old], leases: [aLease('lease-1', old)], activeLeases: 1, capacity: 0 })) });
    expect(await screen.findByText('1 leased, room for 0 now')).toBeInTheDocument();
  });

  it('TEST-82: tells the same in tables', async () => {
    await renderApp(<KeyPoolsScreen />, { answers: pools(contended), path: '/key-pools?view=table' });
    const leases = await screen.findByRole('table', { name: 'Leases of legnext' });
    const rows = within(leases).getAllByRole('row').slice(1);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toHaveTextContent(/Run 0a1b2c3dmain.*41/);
    expect(rows[1]).toHaveTextContent(/worker-7main.*heartbeat is late/);
    const queue = screen.getByRole('table', { name: 'Who waits for legnext, in order' });
    expect(within(queue).getAllByRole('row')[2]).toHaveTextContent(/2YouRate limit/);
    expect(within(screen.getByRole('table', { name: 'Keys of legnext' })).getAllByRole('row')).toHaveLength(4);
  });

  it('switches a key off at once and offers to take it back', async () => {
    const { inputs } = await renderApp(<KeyPoolsScreen />, {
      answers: {
        ...pools(contended),
        DeactivateProviderKey: () => ({ deactivateProviderKey: { position: '2', keyPool: { ...contended, revision: '2' }, errors: [] } }),
        ActivateProviderKey: () => ({ activateProviderKey: { position: '3', keyPool: { ...contended, revision: '3' }, errors: [] } }),
      },
    });
    const user = userEvent.setup();
    await menu(user, 'main', 'Switch off');
    await user.click(await screen.findByRole('button', { name: 'Undo' }));
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Undo' })).not.toBeInTheDocument());
    expect(inputs('DeactivateProviderKey')).toEqual([{ providerKeyId: main.id }]);
    expect(inputs('ActivateProviderKey')).toEqual([{ providerKeyId: main.id }]);
  });

  it('sends only what was changed about a key, and shows a refusal at its field', async () => {
    const answers = [
      { position: null, keyPool: null, errors: [refusal('provider_key_name_taken', ['input', 'name'], 'E4091')] },
      { position: '2', keyPool: { ...contended, revision: '2' }, errors: [] },
    ];
    const { inputs } = await renderApp(<KeyPoolsScreen />, {
      answers: { ...pools(contended), ChangeProviderKey: () => ({ changeProviderKey: answers.shift() }) },
    });
    const user = userEvent.setup();
    await menu(user, 'main', 'Edit');
    const form = await screen.findByRole('dialog');
    const name = within(form).getByLabelText(/^Name of the key/);
    await user.clear(name);
    await user.type(name, 'spare');
    await user.click(within(form).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(name).toHaveAccessibleDescription('Another key of this pool has this name.'));
    await user.clear(within(form).getByLabelText(/^Grants per minute/));
    await user.type(name, ' 2');
    await user.click(within(form).getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(inputs('ChangeProviderKey')[1]).toEqual({ providerKeyId: main.id, name: 'spare 2', rpmLimit: null });
  });

  it('asks for both parts of a Kling key, once', async () => {
    const kling = aKey('main');
    const { inputs } = await renderApp(<KeyPoolsScreen />, {
      answers: {
        ...pools(aPool({ provider: 'kling', keys: [kling] })),
        RotateProviderKey: () => ({ rotateProviderKey: { position: '2', keyPool: null, errors: [] } }),
      },
    });
    const user = userEvent.setup();
    await menu(user, 'main', 'Rotate');
    const form = await screen.findByRole('dialog');
    await user.type(within(form).getByLabelText(/^Access key/), 'access part');
    await user.type(within(form).getByLabelText(/^Secret key/), 'secret part');
    await user.click(within(form).getByRole('checkbox', { name: /^End leases/ }));
    await user.click(within(form).getByRole('button', { name: 'Rotate' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(inputs('RotateProviderKey')).toEqual([
      { providerKeyId: kling.id, accessKey: 'access part', secret: 'secret part', revokeLeases: false },
    ]);
    expect(document.body.innerHTML).not.toContain('secret part');
  });

  it('does not remove a key that is leased: it offers to switch it off, and goes on when the last lease has ended', async () => {
    const free = aPool({ keys: [aKey('main', { active: false })], revision: '2' });
    const { inputs } = await renderApp(<KeyPoolsScreen />, {
      answers: {
        ...pools(contended),
        DeactivateProviderKey: () => ({ deactivateProviderKey: { position: '2', keyPool: free, errors: [] } }),
      },
    });
    const user = userEvent.setup();
    await menu(user, 'main', 'Remove');
    const waiting = await screen.findByRole('dialog');
    expect(waiting).toHaveTextContent('2 leases hold it');
    await user.click(within(waiting).getByRole('button', { name: 'Switch off and wait' }));
    expect(await screen.findByLabelText('Type “main” to confirm')).toBeInTheDocument();
    expect(inputs('DeactivateProviderKey')).toHaveLength(1);
  });

  it('tries a lease: a place in the queue becomes the lease, also when it was granted before the place was told', async () => {
    const ticket = aTicket('ticket-9', { place: 1 });
    const answers = [
      { position: '2', lease: null, ticket, errors: [] },
      { position: '3', lease: aLease('lease-9', main, { holder: 'me', fencingToken: '42' }), ticket: null, errors: [] },
    ];
    const { inputs } = await renderApp(<KeyPoolsScreen />, { answers: { ...pools(contended), LeaseKey: () => ({ leaseKey: answers.shift() }) } });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Try a lease' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Lease' }));
    expect(await screen.findByText(/^You hold a key/)).toBeInTheDocument();
    const [first, second] = inputs('LeaseKey');
    expect(second).toEqual(first);
    expect(screen.getByRole('dialog')).toHaveTextContent('42');
  });

  it('warns of the key being used twice before a lease is revoked', async () => {
    await renderApp(<KeyPoolsScreen />, { answers: pools(contended) });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Revoke the lease of worker-7' }));
    expect(await screen.findByRole('dialog')).toHaveTextContent(/Fencing token 41 is refused.*two may use this key at the same time/);
    // What is one's own is given back, not revoked.
    expect(screen.queryByRole('button', { name: 'Revoke the lease of me' })).not.toBeInTheDocument();
  });
});

import { act, renderHook, waitFor } from '@testing-library/react';
import { refusal } from '../../test/fake-server';
import { someSession, someViewer } from '../../test/viewer';
import { post } from '../graphql/direct';
import { expired, hasSignedInAgain, signInAgain } from '../graphql/session-expiry';
import { branding } from '../lib/branding';
import * as session from './session';

jest.mock('../graphql/direct', () => ({ post: jest.fn() }));

const answer = jest.mocked(post);
const serverKnows = (...args: Parameters<typeof someSession>) => answer.mockResolvedValue({ data: someSession(...args) });

beforeAll(async () => {
  serverKnows(someViewer());
  await session.loadSession();
});

beforeEach(() => {
  session.changeViewer(someViewer());
  hasSignedInAgain();
});

describe('the session', () => {
  it('is asked for once', async () => {
    answer.mockClear();
    await session.loadSession();
    expect(answer).not.toHaveBeenCalled();
  });

  it('MAMA-50: asks to sign in when the server does not know it any more, and goes on once somebody did', async () => {
    serverKnows(null);
    await session.refreshSession();
    expect(expired.get()).toBe(true);
    const goneOn = signInAgain();
    act(() => session.signInOver(someViewer()));
    await goneOn;
    expect(expired.get()).toBe(false);
  });

  it('MAMA-50: takes another role over where one is, so that what it does not open disappears', async () => {
    const { result } = renderHook(() => ({ mayWrite: session.useMay('users:write'), features: session.useSession().viewer.features }));
    expect(result.current).toEqual({ mayWrite: true, features: ['CHAT', 'RUNS'] });
    serverKnows(someViewer({ role: 'USER', scopes: ['account', 'users:read'], features: [] }));
    await act(() => session.refreshSession());
    await waitFor(() => expect(result.current).toEqual({ mayWrite: false, features: [] }));
    expect(expired.get()).toBe(false);
  });

  it('MAMA-50: looks again when somebody comes back to a page that hears nothing live', async () => {
    session.lookAgainOnReturn();
    serverKnows(null);
    window.dispatchEvent(new Event('focus'));
    await waitFor(() => expect(expired.get()).toBe(true));
  });

  it('asks the server once for everyone who is in doubt', async () => {
    answer.mockClear();
    serverKnows(someViewer());
    await Promise.all([session.refreshSession(), session.refreshSession(), session.refreshSession()]);
    expect(answer).toHaveBeenCalledTimes(1);
  });

  it('stays as it is while the server is down', async () => {
    answer.mockResolvedValue({ problem: { code: 'OFFLINE' } });
    await session.refreshSession();
    expect(expired.get()).toBe(false);
  });

  it('follows another tab that signed in', async () => {
    session.followOtherTabs();
    void signInAgain();
    serverKnows(someViewer());
    new BroadcastChannel('keyledger-session').postMessage('signed-in');
    await waitFor(() => expect(expired.get()).toBe(false));
  });

  it('is open still where signing out was refused: the page stays, and no other tab is told', async () => {
    const tab = new BroadcastChannel('keyledger-session');
    tab.onmessage = jest.fn();
    answer.mockResolvedValue({ data: { signOut: { position: null, errors: [refusal('busy', null, 'E4291')] } } });
    expect(await session.signOut()).toMatchObject({ code: 'E4291', rule: 'busy' });
    expect(tab.onmessage).not.toHaveBeenCalled();
    tab.close();
  });

  it('brings the look of its tenant', async () => {
    const tenant = someViewer().tenant;
    session.changeViewer({ tenant: { ...tenant, branding: { ...tenant.branding, browserTitle: 'Acme keys' } } });
    expect(branding.get()).toMatchObject({ browserTitle: 'Acme keys' });
  });
});

import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import type { Answers } from '../../test/fake-server';
import { someSession, someViewer } from '../../test/viewer';
import { changeViewer, useMay, useSession } from '../session';
import type { Account } from './account';
import AccountScreen from './account-screen';

jest.mock('../session', () => ({
  ...jest.requireActual<object>('../session'), useMay: jest.fn(), useSession: jest.fn(), changeViewer: jest.fn(),
}));

type Options = Parameters<typeof someSession>[1];

const now = new Date().toISOString();
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const session = (id: string, current: boolean, device: string | null): Account['sessions'][number] => ({
  __typename: 'Session', id, method: 'PASSWORD', openedAt: now, lastSeenAt: now, expiresAt: now, address: '192.0.2.7', device, current,
});

const someAccount = (change: Partial<Account> = {}): Account => ({
  __typename: 'Viewer',
  hasPassword: true,
  user: { __typename: 'User', id: 'user-1', displayName: 'Ada', email: 'ada@example.test', picture: null, tier: 'free' },
  usage: { __typename: 'Usage', totalRequests: 1_204, dailyRequests: 12, dailyLimit: 100, remainingRequests: 88 },
  preferences: {
    __typename: 'Preferences', pythonSkillLevel: 'BEGINNER', codeOutputStructure: 'STANDARD', explanationStyle: 'STANDARD',
  },
  sessions: [session('other', false, 'night-worker'), session('this', true, firefox)],
  identities: [],
  ...change,
});

function open(tab: string, { account = someAccount(), options = {}, answers = {} }:
{ account?: Account; options?: Options; answers?: Answers } = {}): ReturnType<typeof renderApp> {
  const { setupState, viewer } = someSession(someViewer(), options);
  jest.mocked(useMay).mockReturnValue(true);
  jest.mocked(useSession).mockReturnValue({ setup: setupState, viewer: viewer as NonNullable<typeof viewer> });
  return renderApp(<AccountScreen />, { path: `/account?tab=${tab}`, answers: { Account: () => ({ viewer: account }), ...answers } });
}

const done = (field: string, more: object = {}) => ({ [field]: { position: '2', errors: [], ...more } });

describe('account', () => {
  it('MAMA-54: has a tab for each concern, and the URL says which', async () => {
    await open('sessions');
    const tabs = screen.getByRole('navigation', { name: 'Your account' });
    expect(within(tabs).getAllByRole('link').map(({ textContent }) => textContent))
      .toEqual(['Profile', 'Password', 'Ways to sign in', 'Sessions', 'Client keys']);
    expect(within(tabs).getByRole('link', { name: 'Sessions' })).toHaveAttribute('aria-current', 'page');
  });

  it('forgets on another tab why an account could not be linked', async () => {
    const { router } = await open('sign-in&problem=identity_taken', { options: { google: true } });
    await userEvent.setup().click(screen.getByRole('link', { name: 'Sessions' }));
    await waitFor(() => expect(router.state.location.search).toEqual({ tab: 'sessions' }));
  });

  it('saves the profile, clears the picture with an empty field, and tells the frame', async () => {
    const account = someAccount({ user: { ...someAccount().user, picture: 'https://pictures.example.test/ada.png' } });
    const { calls } = await open('profile', { account, answers: { UpdateProfile: () => done('updateProfile', { viewer: null }) } });
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText(/^Your name/), ' L.');
    await user.clear(screen.getByLabelText('Address of your picture'));
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(changeViewer).toHaveBeenCalledWith({ user: { ...someViewer().user, displayName: 'Ada L.' } }));
    expect(calls.find(({ name }) => name === 'UpdateProfile')?.variables.input).toMatchObject({ displayName: 'Ada L.', picture: null });
  });

  it('sends of the profile only what was typed, over what others changed meanwhile', async () => {
    let account = someAccount();
    const { inputs } = await open('profile', {
      answers: { Account: () => ({ viewer: account }), UpdateProfile: () => done('updateProfile', { viewer: null }), SetPreferences: () => done('setPreferences') },
    });
    const user = userEvent.setup();
    account = someAccount({ user: { ...account.user, displayName: 'Ada King' } });
    // Asks for the account anew.
    await user.selectOptions(await screen.findByLabelText('Explanations'), 'BRIEF');
    await waitFor(() => expect(screen.getByLabelText(/^Your name/)).toHaveValue('Ada King'));
    expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
    account = someAccount({ user: { ...account.user, picture: 'https://pictures.example.test/a.png' } });
    await user.type(screen.getByLabelText('Address of your picture'), 'https://pictures.example.test/a.png');
    await user.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled());
    expect(inputs('UpdateProfile')).toEqual([{ picture: 'https://pictures.example.test/a.png' }]);
    expect(screen.getByLabelText('Address of your picture')).toHaveValue('https://pictures.example.test/a.png');
  });

  it('keeps a preference that was saved when the account cannot be asked for anew, and says that', async () => {
    let reachable = true;
    await open('profile', {
      answers: {
        Account: () => (reachable ? { viewer: someAccount() } : undefined),
        SetPreferences: () => {
          reachable = false;
          return done('setPreferences');
        },
      },
    });
    await userEvent.setup().selectOptions(await screen.findByLabelText('Explanations'), 'EDUCATIONAL');
    expect(await screen.findByText('The server cannot be reached.')).toBeInTheDocument();
    expect(screen.getByLabelText('Explanations')).toHaveValue('EDUCATIONAL');
  });

  it('takes a preference back that was not saved', async () => {
    await open('profile', { answers: { SetPreferences: () => undefined } });
    const explanations = await screen.findByLabelText('Explanations');
    await userEvent.setup().selectOptions(explanations, 'EDUCATIONAL');
    expect(await screen.findByText('The server cannot be reached.')).toBeInTheDocument();
    expect(explanations).toHaveValue('STANDARD');
  });

  it('says what is left of today', async () => {
    await open('profile');
    expect(await screen.findByText('12 of 100 requests; 88 left')).toBeInTheDocument();
    expect(screen.getByRole('meter', { name: 'Used today' })).toHaveAttribute('value', '12');
  });

  it('saves a preference as it is chosen', async () => {
    const { calls } = await open('profile', { answers: { SetPreferences: () => done('setPreferences') } });
    const user = userEvent.setup();
    await user.selectOptions(await screen.findByLabelText('Explanations'), 'EDUCATIONAL');
    expect(calls.find(({ name }) => name === 'SetPreferences')?.variables.input).toMatchObject({ explanationStyle: 'EDUCATIONAL' });
  });

  it('MAMA-05: changes the password for the old one, and puts a refusal on its field', async () => {
    const refused = { code: 'V1001', rule: 'password_common', message: '', path: ['input', 'newPassword'], correlationId: 'c', details: null };
    await open('password', { answers: { ChangePassword: () => done('changePassword', { errors: [refused] }) } });
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText(/^Present password/), 'the old one');
    await user.type(screen.getByLabelText(/^New password/), 'password1234');
    await user.click(screen.getByRole('button', { name: 'Change password' }));
    await waitFor(() => expect(screen.getByLabelText(/^New password/)).toHaveAccessibleDescription(/Many people use this password/));
  });

  it('has no form where there is no password, but says how to get one', async () => {
    await open('password', { account: someAccount({ hasPassword: false }) });
    expect(await screen.findByText(/ask an owner or an admin/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Change password' })).not.toBeInTheDocument();
  });

  it('links and unlinks accounts elsewhere', async () => {
    const google = { __typename: 'Identity' as const, id: 'identity-1', provider: 'google', linkedAt: now };
    const { calls } = await open('sign-in', {
      account: someAccount({ identities: [google] }), options: { google: true, oidc: 'School ID' },
      answers: { UnlinkIdentity: () => done('unlinkIdentity') },
    });
    expect(await screen.findByRole('link', { name: 'Link School ID' }))
      .toHaveAttribute('href', '/auth/oidc/start?returnTo=%2Faccount%3Ftab%3Dsign-in&link=1');
    expect(screen.queryByRole('link', { name: 'Link Google' })).not.toBeInTheDocument();
    const user = userEvent.setup();
    await user.click(screen.getByRole('button', { name: 'Unlink Google' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Unlink' }));
    expect(calls.find(({ name }) => name === 'UnlinkIdentity')?.variables.input).toMatchObject({ identityId: 'identity-1' });
  });

  it('says of each account elsewhere by itself why it was not unlinked', async () => {
    const [google, oidc] = ['google', 'oidc'].map((provider) => ({ __typename: 'Identity' as const, id: provider, provider, linkedAt: now }));
    await open('sign-in', {
      account: someAccount({ identities: [google!, oidc!] }), options: { google: true, oidc: 'School ID' },
      answers: { UnlinkIdentity: () => undefined },
    });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'Unlink Google' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Unlink' }));
    expect(await screen.findByText('The server cannot be reached.')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    await user.click(screen.getByRole('button', { name: 'Unlink School ID' }));
    const asking = await screen.findByRole('dialog', { name: 'Unlink School ID' });
    expect(within(asking).queryByRole('alert')).not.toBeInTheDocument();
  });

  it('takes a front end with tokens of its own for no account at Google', async () => {
    const nextauth = { __typename: 'Identity' as const, id: 'identity-1', provider: 'nextauth', linkedAt: now };
    await open('sign-in', { account: someAccount({ identities: [nextauth] }), options: { google: true } });
    expect(await screen.findByRole('button', { name: 'Unlink NextAuth' })).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Link Google' })).toBeInTheDocument();
  });

  it('does not offer to unlink the only way in', async () => {
    const google = { __typename: 'Identity' as const, id: 'identity-1', provider: 'google', linkedAt: now };
    await open('sign-in', { account: someAccount({ hasPassword: false, identities: [google] }), options: { google: true } });
    expect(await screen.findByText('Your only way to sign in')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Unlink Google' })).not.toBeInTheDocument();
  });

  it('TEST-84: names the device of each session, this one first, and ends another', async () => {
    const { calls } = await open('sessions', { answers: { RevokeSession: () => done('revokeSession', { sessionId: 'other' }) } });
    const rows = await screen.findAllByRole('listitem');
    const [first, second] = rows.slice(-2);
    expect(first).toHaveTextContent('Firefox 140, Linux');
    expect(first).toHaveTextContent('This one');
    expect(within(first as HTMLElement).queryByRole('button')).not.toBeInTheDocument();
    expect(second).toHaveTextContent('night-worker');
    const asked = () => calls.filter(({ name }) => name === 'Account').length;
    const before = asked();
    const user = userEvent.setup();
    await user.click(within(second as HTMLElement).getByRole('button', { name: 'End the session night-worker' }));
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'End' }));
    await waitFor(() => expect(asked()).toBeGreaterThan(before));
    expect(calls.find(({ name }) => name === 'RevokeSession')?.variables.input).toMatchObject({ sessionId: 'other' });
  });

  it('ends all other sessions after saying how many', async () => {
    const { calls } = await open('sessions', { answers: { RevokeOtherSessions: () => done('revokeOtherSessions', { count: 1 }) } });
    const user = userEvent.setup();
    await user.click(await screen.findByRole('button', { name: 'End all other sessions' }));
    const ask = await screen.findByRole('dialog');
    expect(ask).toHaveTextContent('1 other session is signed out at once.');
    await user.click(within(ask).getByRole('button', { name: 'End all other sessions' }));
    expect(calls.some(({ name }) => name === 'RevokeOtherSessions')).toBe(true);
  });
});

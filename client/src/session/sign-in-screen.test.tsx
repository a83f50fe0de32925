import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { renderApp } from '../../test/app';
import { someSession, someViewer } from '../../test/viewer';
import { post } from '../graphql/direct';
import { SignInDocument } from './gql/documents';
import { useSetupState } from './session';
import SignInScreen from './sign-in-screen';

jest.mock('../graphql/direct', () => ({ post: jest.fn() }));
jest.mock('./session', () => ({ ...jest.requireActual<object>('./session'), useSetupState: jest.fn() }));

const answer = jest.mocked(post);
type Options = ReturnType<typeof someSession>['setupState']['signIn'];

/** The screen on a server with these ways in. */
async function open(options: Partial<Options>, path = '/sign-in'): Promise<Awaited<ReturnType<typeof renderApp>>> {
  jest.mocked(useSetupState).mockReturnValue(someSession(null, options).setupState);
  return renderApp(<SignInScreen />, { path });
}

describe('sign-in', () => {
  it('has the ways in that the server offers, and a way back with each', async () => {
    await open({ google: true, oidc: 'School ID', signUp: true }, '/sign-in?to=/users?q=a');
    expect(screen.getByLabelText(/^Email/)).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'Sign in with Google' })).toHaveAttribute('href', '/auth/google/start?returnTo=%2Fusers%3Fq%3Da');
    expect(screen.getByRole('link', { name: 'Sign in with School ID' })).toHaveAttribute('href', '/auth/oidc/start?returnTo=%2Fusers%3Fq%3Da');
    expect(screen.getByRole('link', { name: 'Create an account' })).toBeInTheDocument();
  });

  it('hides what the server does not offer', async () => {
    await open({ password: false, google: true });
    expect(screen.queryByLabelText(/^Email/)).not.toBeInTheDocument();
    expect(screen.queryByRole('link', { name: 'Create an account' })).not.toBeInTheDocument();
    expect(screen.queryByText('Forgot your password?')).not.toBeInTheDocument();
  });

  it('says so when there is no way in', async () => {
    await open({ password: false });
    expect(screen.getByText(/no way to sign in/)).toBeInTheDocument();
  });

  it('tells in words why a provider came back without a session', async () => {
    await open({ google: true }, '/sign-in?problem=inactive_user');
    expect(screen.getByRole('alert')).toHaveTextContent('This account is deactivated.');
  });

  it('shows nothing of a problem that is no rule', async () => {
    await open({ google: true }, `/sign-in?problem=${encodeURIComponent('<b>call 555 now</b>')}`);
    expect(screen.getByRole('alert')).not.toHaveTextContent('555');
  });

  it.each([
    ['/sign-in?to=/users', '/users'],
    ['/sign-in?to=//evil.test/x', '/'],
    [`/sign-in?to=${encodeURIComponent('https://evil.test')}`, '/'],
  ])('goes on from %s to %s', async (path, target) => {
    const { router } = await open({}, path);
    answer.mockResolvedValue({ data: { signIn: { position: '1', viewer: someViewer(), errors: [] } } });
    const user = userEvent.setup();
    await user.type(screen.getByLabelText(/^Email/), 'ada@example.test');
    await user.type(screen.getByLabelText(/^Password/), 'correct horse');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(answer).toHaveBeenCalledWith(SignInDocument, { input: { email: 'ada@example.test', password: 'correct horse' } });
    expect(router.history.location.href).toBe(target);
  });

  it('says one thing for an unknown address and a wrong password', async () => {
    await open({});
    const refused = { code: 'E4011', rule: 'credentials', message: '', path: null, correlationId: 'c', details: null } as const;
    answer.mockResolvedValue({ data: { signIn: { position: null, viewer: null, errors: [refused] } } });
    const user = userEvent.setup();
    await user.type(screen.getByLabelText(/^Email/), 'ada@example.test');
    await user.type(screen.getByLabelText(/^Password/), 'wrong');
    await user.click(screen.getByRole('button', { name: 'Sign in' }));
    expect(await screen.findByRole('alert')).toHaveTextContent('Email or password is not right.');
  });
});

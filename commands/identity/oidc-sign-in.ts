import { RefusedError, type ErrorCode } from '../../schema/errors/catalogue';
import type { OidcFlow, OidcFlows } from '../../src/auth/oidc-flows';
import { newFlowSecrets, OidcError, type OidcFailure, type OidcPerson } from '../../src/auth/oidc-provider';
import type { OidcProviderName, OidcProviders } from '../../src/auth/oidc-providers';
import type { Context } from '../../src/graphql/context';
import { refusalOf } from '../../src/graphql/errors';
import { commandOf, isPassing } from '../../src/graphql/mutate';
import type { OidcSignIn } from '../../src/http/oidc-routes';
import type { Log } from '../../src/postgres/log';
import { signInHere } from '../session/open-session';
import { recordSignInFailure } from '../sign-in/record-failure';
import { identity } from './decider';
import { isAddress, linked, registerNewcomer, settledAccount } from './register-newcomer';

export interface OidcSignInOptions {
  providers: OidcProviders;
  flows: OidcFlows;
  /** Whether somebody unknown gets an account. */
  signUp: boolean;
  log: Log;
}

const FAILURES: Readonly<Record<OidcFailure, { code: ErrorCode; message: string }>> = {
  identity_denied: { code: 'E4011', message: 'The sign-in was given up at the provider.' },
  identity_away: { code: 'E5003', message: 'The provider cannot be reached right now.' },
  identity_domain: { code: 'E4031', message: 'Only accounts of another domain may sign in here.' },
  identity_refused: { code: 'E4011', message: 'The answer of the provider is not valid.' },
};

/**
 * Signing in at a provider. An account is bound to issuer and subject alone: an e-mail address, however verified, leads
 * to no account that is there already.
 */
export function createOidcSignIn({ providers, flows, signUp, log }: OidcSignInOptions): OidcSignIn {
  return {
    offers: (provider) => providers.of(provider) !== undefined,

    begin: (context, provider, { returnTo, link }) => recorded(context, async () => {
      const secrets = newFlowSecrets();
      const flow: OidcFlow = { provider, returnTo, link: link ? sessionOf(context) : undefined };
      const location = await atProvider(context, () => providers.of(provider)!.begin(secrets, { choose: link }));
      return { location: location.href, browser: await flows.keep(secrets, flow) };
    }),

    finish: (context, provider, { answer, browser }) => recorded(context, async () => {
      const state = answer.get('state');
      const flow = state !== null && browser !== undefined ? await flows.take(state, browser, provider) : undefined;
      if (!flow) throw new RefusedError({ code: 'E4011', rule: 'identity_state', message: 'This sign-in is over or began elsewhere. Start again.' });
      const person = await atProvider(context, () => providers.of(provider)!.finish(flow.secrets, answer));
      await (flow.link ? link(context, provider, person, flow.link) : enter(context, provider, person));
      return { location: flow.returnTo };
    }),
  };

  async function atProvider<Result>({ correlationId }: Context, ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof OidcError)) throw error;
      const { failure, cause } = error;
      log.warn({ correlationId, failure, reason: cause instanceof Error ? cause.message : undefined }, 'A sign-in at a provider failed');
      throw new RefusedError({ ...FAILURES[failure], rule: failure }, { cause: error });
    }
  }

  async function enter(context: Context, provider: OidcProviderName, person: OidcPerson): Promise<void> {
    const command = await commandOf(context, context.newId());
    const digest = context.auth.identities.digest(person.issuer, person.subject);
    const account = await accountOf(context, provider, digest, person);
    if (account && (await signInHere(context, command, { ...account, method: provider }))) return;
    await recordSignInFailure(context, command, { name: digest, account, reason: account ? 'inactive' : 'identity' });
    throw account
      ? new RefusedError({ code: 'E4011', rule: 'inactive_user', message: 'This account is not active.' })
      : new RefusedError({ code: 'E4011', rule: 'identity_unknown', message: 'Nobody here has linked this account.' });
  }

  async function accountOf(
    context: Context, provider: OidcProviderName, digest: string, { issuer, subject, email, name }: OidcPerson,
  ): Promise<{ userId: string; tenantId: string } | undefined> {
    const { auth, commands, correlationId, requestId } = context;
    const known = await auth.identities.find(issuer, subject);
    if (known) return known;
    const { state: { owner }, revision } = await commands.load(identity, digest);
    // The log knows an owner that the table does not: a link of this very moment, or a deleted account.
    if (owner) {
      const account = await settledAccount(context, owner.userId);
      return account.exists && !account.deleted ? { userId: account.userId, tenantId: account.tenantId } : undefined;
    }
    if (!signUp || !isAddress(email)) return undefined;
    try {
      return await registerNewcomer(context, { digest, revision, provider, email, name }, { correlationId, requestId });
    } catch (error) {
      if (error instanceof RefusedError && error.refusal.rule === 'email_taken') return undefined;
      throw error;
    }
  }
}

/** Binds the account to whoever began, if they still are signed in in the very same session. */
async function link(
  context: Context, provider: OidcProviderName, { issuer, subject }: OidcPerson, began: NonNullable<OidcFlow['link']>,
): Promise<void> {
  const { userId, tenantId, sessionId } = sessionOf(context);
  if (userId !== began.userId || sessionId !== began.sessionId) refuseSession();
  const digest = context.auth.identities.digest(issuer, subject);
  await linked(context, await commandOf(context, context.newId(), { withAddress: true }), { digest, userId, tenantId, provider });
}

/** @throws RefusedError E4011 unless the caller is signed in by a session */
function sessionOf({ principal }: Context): { userId: string; tenantId: string; sessionId: string } {
  if (principal.kind !== 'user' || principal.proof.kind !== 'session') refuseSession();
  return { userId: principal.userId, tenantId: principal.tenantId, sessionId: principal.proof.sessionId };
}

function refuseSession(): never {
  throw new RefusedError({ code: 'E4011', rule: 'identity_session', message: 'Sign in first, and link the account in one go.' });
}

/** Refusals go into the audit log, but for those that pass, and those of sign-ins, which are written down as such. */
async function recorded<Result>(context: Context, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal && !isPassing(refusal) && !['identity_unknown', 'inactive_user'].includes(refusal.rule)) {
      await context.refusals.record(context, { act: 'signInWithIdentity', refusal });
    }
    throw error;
  }
}

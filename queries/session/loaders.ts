import type { Session } from '../../schema/session/types';
import type { SignInMethod } from '../../schema/sign-in/types';
import type { SessionInfo } from '../../src/auth/port';
import type { Context } from '../../src/graphql/context';
import { defineLoader, groupedInOrderOf } from '../../src/graphql/loader';
import { toGlobalId } from '../../src/graphql/node';
import { tenantOf } from '../../src/graphql/tenant';
import type { Sealed } from '../../src/vault/port';
import { maskedNetwork, seesWhereabouts } from '../addresses';

/** Valid sessions by user, the newest use first. Who may see them was judged before. */
export const sessionsOf = defineLoader<string, Session[]>('sessionsOf', async (context: Context, userIds) => {
  const tenant = tenantOf(context);
  const found = (await context.auth.sessions.of(userIds)).filter(({ tenantId }) => tenantId === tenant);
  const texts = await opened(context, tenant, found.flatMap(({ address, device }) => [address, device]));
  const shown = found.map((info, at) => ({ userId: info.userId, session: toSession(context, info, texts[2 * at]!, texts[2 * at + 1]!) }));
  return groupedInOrderOf(userIds, shown, ({ userId }) => userId).map((rows) => rows.map(({ session }) => session));
});

function toSession(context: Context, info: SessionInfo, fullAddress: string | null, fullDevice: string | null): Session {
  const { principal } = context;
  const { sessionId, method, openedAt, lastSeenAt, expiresAt } = info;
  const inFull = seesWhereabouts(context, info.userId);
  const address = inFull ? fullAddress : fullAddress && maskedNetwork(fullAddress);
  const device = inFull ? fullDevice : null;
  const current = principal.kind === 'user' && principal.proof.kind === 'session' && principal.proof.sessionId === sessionId;
  return { id: toGlobalId('Session', sessionId), method: method as SignInMethod, openedAt, lastSeenAt, expiresAt, address, device, current };
}

/** The texts of sealed ones, in one go; null for what there is not, and for what was erased. */
async function opened({ vault }: Context, tenant: string, sealed: readonly (Sealed | null)[]): Promise<(string | null)[]> {
  const present = sealed.filter((one) => one !== null);
  const texts = (await vault.open(tenant, present)).values();
  return sealed.map((one) => (one === null ? null : texts.next().value ?? null));
}

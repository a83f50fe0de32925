import type { Usage } from '../../schema/account/types';
import type { Session, SignInMethod } from '../../schema/session/types';
import type { SessionInfo } from '../../src/auth/port';
import type { Context } from '../../src/graphql/context';
import { defineLoader, groupedInOrderOf } from '../../src/graphql/loader';
import { toGlobalId } from '../../src/graphql/node';
import { tenantOf } from '../../src/graphql/tenant';
import type { Sealed } from '../../src/vault/port';

/** Valid sessions by user, the newest use first. Who may see them was judged before. */
export const sessionsOf = defineLoader<string, Session[]>('sessionsOf', async (context: Context, userIds) => {
  const tenant = tenantOf(context);
  const found = (await context.auth.sessions.of(userIds)).filter(({ tenantId }) => tenantId === tenant);
  const texts = await opened(context, tenant, found.flatMap(({ address, device }) => [address, device]));
  const shown = found.map((info, at) => ({ userId: info.userId, session: toSession(context, info, texts[2 * at]!, texts[2 * at + 1]!) }));
  return groupedInOrderOf(userIds, shown, ({ userId }) => userId).map((rows) => rows.map(({ session }) => session));
});

/** Requests by user: of today and of all days. */
export const usageOf = defineLoader<string, Usage>('usageOf', async (context: Context, userIds) =>
  (await context.auth.usage.of(userIds)).map(toUsage));

export function toUsage(now: Omit<Usage, 'remainingRequests'>): Usage {
  return { ...now, remainingRequests: now.dailyLimit === null ? null : Math.max(now.dailyLimit - now.dailyRequests, 0) };
}

function toSession({ principal }: Context, info: SessionInfo, address: string | null, device: string | null): Session {
  const { sessionId, method, openedAt, lastSeenAt, expiresAt } = info;
  const current = principal.kind === 'user' && principal.proof.kind === 'session' && principal.proof.sessionId === sessionId;
  return { id: toGlobalId('Session', sessionId), method: method as SignInMethod, openedAt, lastSeenAt, expiresAt, address, device, current };
}

/** The texts of sealed ones, in one go; null for what there is not, and for what was erased. */
async function opened({ vault }: Context, tenant: string, sealed: readonly (Sealed | null)[]): Promise<(string | null)[]> {
  const present = sealed.filter((one) => one !== null);
  const texts = (await vault.open(tenant, present)).values();
  return sealed.map((one) => (one === null ? null : texts.next().value ?? null));
}

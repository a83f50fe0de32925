import { createLru, type Lru } from '../lru';
import type { Sealed, Vault } from '../vault/port';
import type { Context } from './context';
import { callerIdOf } from './tenant';

const REMEMBERED = 1_000;
const REMEMBERED_MS = 10 * 60_000;

/** A caller sends from few places: the sealed form of each is made once. */
const byVault = new WeakMap<Vault, Lru<string, Promise<Sealed>>>();

/** The network address of the caller, sealed with their key; undefined for somebody unknown, who has none. */
export async function addressOf(context: Pick<Context, 'principal' | 'address' | 'vault'>): Promise<Sealed | undefined> {
  const { principal, address, vault } = context;
  if (principal.kind === 'anonymous') return undefined;
  const sealed = byVault.get(vault) ?? createLru<string, Promise<Sealed>>(REMEMBERED, REMEMBERED_MS, Date.now);
  byVault.set(vault, sealed);
  const subject = callerIdOf(context);
  const key = JSON.stringify([principal.tenantId, subject, address]);
  const known = sealed.get(key);
  if (known) return known;
  const made = vault.seal({ tenant: principal.tenantId, subject, field: 'address' }, address);
  sealed.set(key, made);
  made.catch(() => sealed.delete(key));
  return made;
}

import type { DataOf, Key } from './pool';

export function newKey(data: DataOf<'ProviderKeyAdded'>): Key {
  const { keyId, name, fingerprint, secretRef, concurrencyLimit, rpmLimit, priority, tenantScope, expiresAt = null } = data;
  return {
    id: keyId, owner: secretRef.split('/')[0]!, name, fingerprint, secretRef, limit: concurrencyLimit, rpm: rpmLimit, priority, scope: tenantScope,
    active: 0, permits: [], isInactive: false, expiresAt, coolsUntil: 0,
  };
}

export function change(key: Key, { name, concurrencyLimit, rpmLimit, priority, tenantScope, expiresAt }: DataOf<'ProviderKeyChanged'>): void {
  if (name !== undefined) key.name = name;
  if (concurrencyLimit !== undefined) key.limit = concurrencyLimit;
  if (priority !== undefined) key.priority = priority;
  if (tenantScope !== undefined) key.scope = tenantScope;
  if (expiresAt !== undefined) key.expiresAt = expiresAt;
  if (rpmLimit !== undefined) key.rpm = rpmLimit;
}

export const isOpenTo = ({ scope }: Key, tenant: string): boolean => scope === '*' || scope.split(',').includes(tenant);
export const fits = (key: Key, { tenant, keyId }: { tenant: string; keyId?: string | undefined }): boolean =>
  (keyId === undefined || key.id === keyId) && isOpenTo(key, tenant);

export const isFree = (key: Key, now: number): boolean =>
  key.active < key.limit && !key.isInactive && (key.expiresAt === null || now < key.expiresAt) && now >= key.coolsUntil
  && (key.rpm === null || recent(key, now) < key.rpm);

export const recent = ({ permits }: Key, now: number): number => {
  let first = permits.length;
  while (first > 0 && permits[first - 1]! > now - 60_000) first--;
  return permits.length - first;
};

export const share = (key: Key, now: number): number => (key.rpm === null ? 0 : recent(key, now) / key.rpm);

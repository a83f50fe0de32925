/** Id of a pool as one tenant sees it. */
export const poolIdOf = (tenant: string, provider: string): string => `${provider}@${tenant}`;

/** Tenants named by the scope of a provider key, or undefined when it is open to all (`*` or empty). */
export function tenantsOf(tenantScope: string): ReadonlySet<string> | undefined {
  const names = tenantScope.split(',').map((name) => name.trim()).filter((name) => name !== '');
  return names.length === 0 || names.includes('*') ? undefined : new Set(names);
}

/** Whether a provider key of this scope serves a tenant. */
export function isOpenTo(tenantScope: string, tenant: string): boolean {
  return tenantsOf(tenantScope)?.has(tenant) ?? true;
}

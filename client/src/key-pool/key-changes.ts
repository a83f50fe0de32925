import { isoOfLocal, localOfIso } from '../lib/local-time';
import type { ProviderKeyRow } from './list';

/** What can be said about a provider key, as it is typed. */
export interface KeyForm {
  name: string;
  concurrencyLimit: string;
  /** Empty: no limit. */
  rpmLimit: string;
  priority: string;
  tenantScope: string;
  /** As `<input type="datetime-local">` has it; empty: never. */
  expiresAt: string;
}

export const emptyKeyForm: KeyForm = { name: '', concurrencyLimit: '1', rpmLimit: '', priority: '0', tenantScope: '*', expiresAt: '' };

type Held = Pick<ProviderKeyRow, keyof KeyForm>;

export const formOf = ({ name, concurrencyLimit, rpmLimit, priority, tenantScope, expiresAt }: Held): KeyForm => ({
  name,
  concurrencyLimit: String(concurrencyLimit),
  rpmLimit: rpmLimit === null ? '' : String(rpmLimit),
  priority: String(priority),
  tenantScope,
  expiresAt: localOfIso(expiresAt ?? undefined),
});

/** A form as the API takes it. */
export const valuesOf = (form: KeyForm) => ({
  name: form.name.trim(),
  concurrencyLimit: Number(form.concurrencyLimit),
  rpmLimit: form.rpmLimit.trim() === '' ? null : Number(form.rpmLimit),
  priority: Number(form.priority),
  tenantScope: form.tenantScope.trim(),
  expiresAt: isoOfLocal(form.expiresAt) || null,
});

/** What a form changes about a key: nothing that it leaves as it is. Omitted keeps, null clears. */
export function keyChanges(key: Held, form: KeyForm): Partial<ReturnType<typeof valuesOf>> {
  const held = formOf(key);
  const typed = Object.keys(held).filter((field) => form[field as keyof KeyForm].trim() !== held[field as keyof KeyForm]);
  return Object.fromEntries(Object.entries(valuesOf(form)).filter(([field]) => typed.includes(field)));
}

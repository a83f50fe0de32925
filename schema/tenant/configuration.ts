import { z } from 'zod';
import { featureNames, type Feature } from '../access/features';
import { NAME_LENGTH, PRINTABLE } from '../text-rules';

/** Name by which files and operators know a tenant. */
export const SLUG = /^[a-z0-9_-]{2,40}$/;

const TAB = 'tab.';
const knownTabs = featureNames.map((feature) => TAB + feature);

const name = z.string().trim().min(1).max(NAME_LENGTH).regex(PRINTABLE, 'has only printable characters');

const tab = z.string().check((context) => {
  if (knownTabs.includes(context.value)) return;
  const message = `there is no feature ${JSON.stringify(context.value.slice(0, 100))}; there are ${knownTabs.join(', ')}`;
  context.issues.push({ code: 'custom', input: context.value, message });
});

/**
 * A tenant as a file of configuration: `tenant_id` is its slug, `layout` its name, `logo_path` a file beside it. What is
 * omitted stays as it is, null takes it away.
 */
const schema = z.strictObject({
  tenant_id: z.string().regex(SLUG, 'has 2 to 40 characters: a-z, 0-9, _ and -'),
  layout: name,
  enabled_features: z.array(tab).optional(),
  branding: z.strictObject({
    page_title: name.nullable().optional(),
    browser_tab_title: name.nullable().optional(),
    logo_path: z.string().min(1).max(1_000).nullable().optional(),
  }).optional(),
});

export type TenantConfiguration = z.infer<typeof schema>;

/** @returns the configuration, or everything that is wrong with it: where, and what */
export function readTenantConfiguration(
  value: unknown,
): { configuration: TenantConfiguration } | { faults: { path: string; message: string }[] } {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { configuration: parsed.data };
  return { faults: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) };
}

/** The features that a list of tabs switches on, in the order of the product. */
export function featuresOf(tabs: readonly string[]): Feature[] {
  return featureNames.filter((feature) => tabs.includes(TAB + feature));
}

export function tabsOf(features: readonly Feature[]): string[] {
  return featureNames.filter((feature) => features.includes(feature)).map((feature) => TAB + feature);
}

/** Where the logo with this digest (SHA-256, hex) is served; also what an exported configuration calls it. */
export function logoPath(digest: string): string {
  return `/logo/${digest}`;
}

/** Whether this names an uploaded logo, and no file. */
export function isLogoPath(path: string): boolean {
  return /^\/logo\/[0-9a-f]{64}$/.test(path);
}

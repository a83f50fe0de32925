import { featureNames } from '../../schema/access/features';
import { entitlementId, type Subject } from '../../schema/entitlement/subject';
import { featuresOf, logoPath, tabsOf, type TenantConfiguration } from '../../schema/tenant/configuration';
import type { Auth } from '../../src/auth/port';
import type { CommandContext, CommandOutcome, CommandRuntime } from '../../src/command-runtime/port';
import { derivedId } from '../../src/graphql/mutate';
import { entitlement } from '../entitlement/decider';
import { grant } from '../entitlement/grant';
import { tenant, type TenantState } from './decider';
import { makeTenant } from './make-tenant';
import { tenantIdOf } from './tenant-id';

interface Services {
  commands: CommandRuntime;
  auth: Auth;
}

type Act = (command: CommandContext) => Promise<CommandOutcome<unknown>>;

/** A picture beside the configuration, and how the tenant gets it. */
export interface LogoFile {
  digest: string;
  apply: Act;
}

/** One thing that is not as the configuration says: in words, and how it becomes so. */
interface Difference {
  change: string;
  /** Undefined when somebody has to bring what the configuration does not hold. */
  apply?: Act;
  /** It is not the tenant's own stream that is written. */
  elsewhere?: true;
}

/**
 * Makes a tenant as a configuration describes it. What is so already is left alone, so a second time changes nothing.
 * @param begin makes the command, once there is something to do
 * @param logoFile the picture that `logo_path` names, where it names a file
 * @returns what was changed, or with `dryRun` would be, and what is left to do
 */
export async function configureTenant(
  services: Services, begin: () => Promise<CommandContext>, configuration: TenantConfiguration,
  { dryRun, logoFile }: { dryRun: boolean; logoFile?: LogoFile | undefined },
): Promise<CommandOutcome<{ changes: string[] }>> {
  const tenantId = tenantIdOf(configuration.tenant_id);
  const { state, ...place } = await services.commands.load(tenant, tenantId);
  const differences = await differencesOf(services, tenantId, state, configuration, logoFile);
  const answer = { changes: differences.map(({ change }) => change) };
  if (dryRun || differences.length === 0) return { accepted: true, answer, ...place };
  const command = await begin();
  for (const { change, apply, elsewhere } of differences) {
    const outcome = await apply?.({ ...command, commandId: derivedId(command, change) });
    if (!outcome) continue;
    if (!outcome.accepted) return outcome;
    place.position = outcome.position;
    if (!elsewhere) place.revision = outcome.revision;
  }
  return { accepted: true, answer, ...place };
}

async function differencesOf(
  services: Services, tenantId: string, state: TenantState, configuration: TenantConfiguration, logoFile: LogoFile | undefined,
): Promise<Difference[]> {
  const { commands } = services;
  const { tenant_id: slug, layout, enabled_features: tabs, branding = {} } = configuration;
  const differences: Difference[] = [];
  if (!state.exists) {
    differences.push({ change: `tenant: ${slug}`, apply: (command) => makeTenant(services, command, { slug, name: layout }) });
  } else if (state.name !== layout) {
    differences.push({
      change: `layout: ${quoted(state.name)} -> ${quoted(layout)}`,
      apply: (command) => commands.execute(tenant, tenantId, { type: 'RenameTenant', name: layout }, command),
    });
  }
  const subject: Subject = { kind: 'tenant', name: tenantId };
  const now = (await commands.load(entitlement, entitlementId(tenantId, subject))).state.features ?? featureNames;
  const wanted = tabs && featuresOf(tabs);
  if (wanted && tabsOf(wanted).join() !== tabsOf(now).join()) {
    differences.push({
      change: `enabled_features: ${quoted(tabsOf(now))} -> ${quoted(tabsOf(wanted))}`,
      apply: (command) => grant(services, command, { subject, features: wanted }),
      elsewhere: true,
    });
  }
  return [
    ...differences,
    ...titleDifference(services, tenantId, state, branding),
    ...logoDifference(services, tenantId, state, branding.logo_path, logoFile),
  ];
}

function titleDifference(
  { commands }: Services, tenantId: string, state: TenantState, branding: NonNullable<TenantConfiguration['branding']>,
): Difference[] {
  const { pageTitle: page, browserTitle: browser } = state.exists ? state : { pageTitle: null, browserTitle: null };
  const { page_title: pageTitle = page, browser_tab_title: browserTitle = browser } = branding;
  const changes = [
    ...(pageTitle === page ? [] : [`page_title: ${quoted(page)} -> ${quoted(pageTitle)}`]),
    ...(browserTitle === browser ? [] : [`browser_tab_title: ${quoted(browser)} -> ${quoted(browserTitle)}`]),
  ];
  if (changes.length === 0) return [];
  return [{
    change: changes.join('; '),
    apply: (command) => commands.execute(tenant, tenantId, { type: 'ChangeBranding', pageTitle, browserTitle }, command),
  }];
}

function logoDifference(
  { commands }: Services, tenantId: string, state: TenantState, named: string | null | undefined, file: LogoFile | undefined,
): Difference[] {
  const digest = state.exists ? state.logo?.digest : undefined;
  const present = digest === undefined ? null : logoPath(digest);
  if (named === undefined || named === present || (file && file.digest === digest)) return [];
  if (named !== null && !file) {
    // A tenant that moves here from another server: all the rest is made, and what it lacks is said.
    return [{ change: `logo_path: ${quoted(present)} stays until somebody of the tenant uploads ${quoted(named)}, which is not on this server` }];
  }
  const change = `logo_path: ${quoted(present)} -> ${quoted(named)}`;
  const remove: Act = (command) => commands.execute(tenant, tenantId, { type: 'ChangeLogo', logo: null }, command);
  return [{ change, apply: file?.apply ?? remove }];
}

function quoted(value: unknown): string {
  return JSON.stringify(value);
}

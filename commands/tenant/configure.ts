import { featureNames } from '../../schema/access/features';
import { featuresOf, tabsOf, type TenantConfiguration } from '../../schema/tenant/configuration';
import type { Auth } from '../../src/auth/port';
import type { CommandContext, CommandOutcome, CommandRuntime } from '../../src/command-runtime/port';
import { derivedId } from '../../src/graphql/mutate';
import { entitlement, entitlementId, type Subject } from '../entitlement/decider';
import { grant } from '../entitlement/grant';
import { tenant, type TenantState } from './decider';
import { makeTenant } from './make-tenant';
import { tenantIdOf } from './tenant-id';

interface Services {
  commands: CommandRuntime;
  auth: Auth;
}

/** One thing that is not as the configuration says: in words, and how it becomes so. */
interface Difference {
  change: string;
  apply(command: CommandContext): Promise<CommandOutcome<unknown>>;
}

/** What a configuration says of the logo: a change in words and the way to make it; undefined when it stays as it is. */
export type LogoChange = Difference | undefined;

/**
 * Makes a tenant as a configuration describes it. What is so already is left alone, so a second time changes nothing.
 * @param logoChange judges `logo_path` by the logo that the tenant has now
 * @returns what was changed, or with `dryRun` would be
 */
export async function configureTenant(
  services: Services, command: CommandContext, configuration: TenantConfiguration,
  { dryRun, logoChange }: { dryRun: boolean; logoChange(state: TenantState): LogoChange },
): Promise<CommandOutcome<{ changes: string[] }>> {
  const tenantId = tenantIdOf(configuration.tenant_id);
  const { state, position, revision } = await services.commands.load(tenant, tenantId);
  const differences = await differencesOf(services, tenantId, state, configuration, logoChange(state));
  const answer = { changes: differences.map(({ change }) => change) };
  let place = { position, revision };
  if (!dryRun) {
    for (const { change, apply } of differences) {
      const outcome = await apply({ ...command, commandId: derivedId(command, change) });
      if (!outcome.accepted) return outcome;
      place = outcome;
    }
  }
  return { accepted: true, answer, position: place.position, revision: place.revision };
}

async function differencesOf(
  services: Services, tenantId: string, state: TenantState, configuration: TenantConfiguration, logo: LogoChange,
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
    });
  }
  return [...differences, ...titleDifference(services, tenantId, state, branding), ...(logo ? [logo] : [])];
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

function quoted(value: unknown): string {
  return JSON.stringify(value);
}

import { DEFAULT_SLUG, tenantEvents, type TenantEvent } from '../../schema/tenant/events';
import { nothing, refuse, type Aggregate, type Decision } from '../../src/command-runtime/aggregate';

export type TenantState = { exists: false } | Tenant;

interface Tenant {
  exists: true;
  tenantId: string;
  slug: string;
  name: string;
  active: boolean;
  pageTitle: string | null;
  browserTitle: string | null;
  logo: { digest: string; contentType: string } | null;
  /** Active owners; the last one stays. */
  owners: readonly string[];
}

export type TenantCommand =
  | { type: 'CreateTenant'; tenantId: string; slug: string; name: string }
  | { type: 'RenameTenant'; name: string }
  /** Omitted keeps, null clears. */
  | { type: 'ChangeBranding'; pageTitle?: string | null; browserTitle?: string | null }
  | { type: 'ChangeLogo'; logo: { digest: string; contentType: string } | null }
  | { type: 'SuspendTenant' | 'ResumeTenant' }
  | { type: 'AddOwner' | 'RemoveOwner'; userId: string };

export const tenant: Aggregate<TenantState, TenantCommand, typeof tenantEvents> = {
  category: 'tenant',
  events: tenantEvents,
  initial: () => ({ exists: false }),
  evolve,
  decide,
  begins: ({ type }) => type === 'CreateTenant',
};

function evolve(state: TenantState, event: TenantEvent): TenantState {
  if (event.type === 'TenantCreated') {
    const { tenantId, slug, name } = event.data;
    return { exists: true, tenantId, slug, name, active: true, pageTitle: null, browserTitle: null, logo: null, owners: [] };
  }
  if (!state.exists) return state;
  switch (event.type) {
    case 'TenantRenamed':
      return { ...state, name: event.data.name };
    case 'BrandingChanged':
      return { ...state, pageTitle: event.data.pageTitle, browserTitle: event.data.browserTitle };
    case 'LogoChanged': {
      const { digest, contentType } = event.data;
      return { ...state, logo: digest !== null && contentType !== null ? { digest, contentType } : null };
    }
    case 'TenantSuspended':
      return { ...state, active: false };
    case 'TenantResumed':
      return { ...state, active: true };
    case 'OwnerAdded':
      return { ...state, owners: [...state.owners.filter((id) => id !== event.data.userId), event.data.userId] };
    case 'OwnerRemoved':
      return { ...state, owners: state.owners.filter((id) => id !== event.data.userId) };
    default:
      return event satisfies never;
  }
}

function decide(state: TenantState, command: TenantCommand): Decision<TenantEvent> {
  if (command.type === 'CreateTenant') return create(state, command);
  if (!state.exists) return refuse('E4041', 'tenant_unknown', 'There is no such tenant.', { path: ['tenantId'] });
  const { tenantId } = state;
  switch (command.type) {
    case 'RenameTenant':
      return command.name === state.name ? nothing : { events: [{ type: 'TenantRenamed', data: { tenantId, name: command.name } }] };
    case 'ChangeBranding': {
      const { pageTitle = state.pageTitle, browserTitle = state.browserTitle } = command;
      if (pageTitle === state.pageTitle && browserTitle === state.browserTitle) return nothing;
      return { events: [{ type: 'BrandingChanged', data: { tenantId, pageTitle, browserTitle } }] };
    }
    case 'ChangeLogo': {
      if (command.logo?.digest === state.logo?.digest) return nothing;
      const { digest = null, contentType = null } = command.logo ?? {};
      return { events: [{ type: 'LogoChanged', data: { tenantId, digest, contentType } }] };
    }
    case 'SuspendTenant':
      if (state.slug === DEFAULT_SLUG) return refuse('B2003', 'default_tenant', 'The default tenant runs this server and cannot be suspended.');
      return state.active ? { events: [{ type: 'TenantSuspended', data: { tenantId } }] } : nothing;
    case 'ResumeTenant':
      return state.active ? nothing : { events: [{ type: 'TenantResumed', data: { tenantId } }] };
    case 'AddOwner':
      return state.owners.includes(command.userId) ? nothing : { events: [{ type: 'OwnerAdded', data: { tenantId, userId: command.userId } }] };
    case 'RemoveOwner':
      return removeOwner(state, command.userId);
    default:
      return command satisfies never;
  }
}

function create(state: TenantState, { tenantId, slug, name }: Extract<TenantCommand, { type: 'CreateTenant' }>): Decision<TenantEvent> {
  if (!state.exists) return { events: [{ type: 'TenantCreated', data: { tenantId, slug, name } }] };
  return state.name === name ? nothing : refuse('E4091', 'slug_taken', 'There is a tenant with this slug already.', { path: ['slug'] });
}

function removeOwner({ tenantId, owners }: Tenant, userId: string): Decision<TenantEvent> {
  if (!owners.includes(userId)) return nothing;
  if (owners.length === 1) return refuse('B2003', 'last_owner', 'This is the last owner. Make somebody else an owner first.');
  return { events: [{ type: 'OwnerRemoved', data: { tenantId, userId } }] };
}

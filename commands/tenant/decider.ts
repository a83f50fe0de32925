import type { Refusal } from '../../schema/errors/catalogue';
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
  /** The newest time in office of everybody who is or was an owner. */
  owners: Readonly<Record<string, { term: number; inOffice: boolean }>>;
}

export type TenantCommand =
  /** `ownerId` is who is going to be its first owner. */
  | { type: 'CreateTenant'; tenantId: string; slug: string; name: string; ownerId?: string }
  | { type: 'RenameTenant'; name: string }
  /** Omitted keeps, null clears. */
  | { type: 'ChangeBranding'; pageTitle?: string | null; browserTitle?: string | null }
  | { type: 'ChangeLogo'; logo: { digest: string; contentType: string } | null }
  | { type: 'SuspendTenant' | 'ResumeTenant' }
  | { type: 'AddOwner' | 'RemoveOwner'; userId: string; term: number };

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
    return { exists: true, tenantId, slug, name, active: true, pageTitle: null, browserTitle: null, logo: null, owners: {} };
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
      return { ...state, owners: { ...state.owners, [event.data.userId]: { term: event.data.term, inOffice: true } } };
    case 'OwnerRemoved':
      return { ...state, owners: { ...state.owners, [event.data.userId]: { term: event.data.term, inOffice: false } } };
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
      return rename(state, command.name);
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
      return addOwner(state, command);
    case 'RemoveOwner':
      return removeOwner(state, command);
    default:
      return command satisfies never;
  }
}

export const slugTaken: Refusal = { code: 'E4091', rule: 'slug_taken', message: 'There is a tenant with this slug already.', path: ['slug'] };

/** A tenant that waits for its first owner, because a file described it or a creation was broken off, is taken up as it is. */
function create(state: TenantState, { tenantId, slug, name, ownerId }: Extract<TenantCommand, { type: 'CreateTenant' }>): Decision<TenantEvent> {
  if (!state.exists) return { events: [{ type: 'TenantCreated', data: { tenantId, slug, name } }] };
  if (hasOwner(state) && !(ownerId && state.owners[ownerId]?.inOffice)) return { refusal: slugTaken };
  return rename(state, name);
}

function hasOwner({ owners }: Pick<Tenant, 'owners'>): boolean {
  return Object.values(owners).some(({ inOffice }) => inOffice);
}

function rename({ tenantId, name: before }: Tenant, name: string): Decision<TenantEvent> {
  return name === before ? nothing : { events: [{ type: 'TenantRenamed', data: { tenantId, name } }] };
}

interface Office {
  userId: string;
  term: number;
}

/** Whoever has left an office does not come back to it by something that comes late. */
function addOwner({ tenantId, owners }: Tenant, { userId, term }: Office): Decision<TenantEvent> {
  const known = owners[userId];
  return known && known.term >= term ? nothing : { events: [{ type: 'OwnerAdded', data: { tenantId, userId, term } }] };
}

/** Also of an owner who is not on the list yet, so that they do not come onto it any more. */
function removeOwner({ tenantId, owners }: Tenant, { userId, term }: Office): Decision<TenantEvent> {
  const known = owners[userId];
  if (known && known.term > term) {
    return refuse('E4091', 'changed_meanwhile', 'This user was changed by somebody else just now. Look again and try again.');
  }
  if (known?.term === term && !known.inOffice) return nothing;
  const others = Object.entries(owners).some(([id, { inOffice }]) => inOffice && id !== userId);
  if (!others) return refuse('B2003', 'last_owner', 'This is the last owner. Make somebody else an owner first.');
  return { events: [{ type: 'OwnerRemoved', data: { tenantId, userId, term } }] };
}

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
  /** Who was to be its first owner last; `until` in milliseconds since the epoch. */
  claimed: { ownerId: string; until: number } | undefined;
  /** The newest time in office of everybody who is or was an owner. */
  owners: Readonly<Record<string, { term: number; inOffice: boolean }>>;
}

export type TenantCommand =
  | { type: 'CreateTenant'; tenantId: string; slug: string; name: string; claim?: Claim }
  | { type: 'RenameTenant'; name: string }
  /** Omitted keeps, null clears. */
  | { type: 'ChangeBranding'; pageTitle?: string | null; browserTitle?: string | null }
  | { type: 'ChangeLogo'; logo: { digest: string; contentType: string } | null }
  | { type: 'SuspendTenant'; confirmation: string }
  | { type: 'ResumeTenant' }
  | { type: 'AddOwner' | 'RemoveOwner'; userId: string; term: number };

/** Who is going to be the first owner, and when they ask for the tenant: milliseconds since the epoch. */
export interface Claim {
  ownerId: string;
  now: number;
}

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
    return {
      exists: true, tenantId, slug, name, active: true, pageTitle: null, browserTitle: null, logo: null, claimed: undefined, owners: {},
    };
  }
  if (!state.exists) return state;
  switch (event.type) {
    case 'TenantClaimed':
      return { ...state, claimed: { ownerId: event.data.ownerId, until: Date.parse(event.data.until) } };
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
  if (!state.exists) return { refusal: unknownTenant };
  const { tenantId } = state;
  switch (command.type) {
    case 'RenameTenant':
      return { events: renamed(state, command.name) };
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
      return suspend(state, command.confirmation);
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

export const unknownTenant: Refusal = { code: 'E4041', rule: 'tenant_unknown', message: 'There is no such tenant.', path: ['tenantId'] };

export const slugTaken: Refusal = { code: 'E4091', rule: 'slug_taken', message: 'There is a tenant with this slug already.', path: ['slug'] };

const slugClaimed: Refusal = { ...slugTaken, message: 'Somebody else is making a tenant with this slug just now. Try again in a minute.' };

/** Longer than any mutation runs: whoever makes a tenant has made its owner by then, or never will. */
const CLAIM_MS = 60_000;

/**
 * A tenant that waits for its first owner, because a file described it or a creation was broken off, is taken up as it
 * is: by one at a time, or it would get an owner of everybody who asks at once.
 */
function create(state: TenantState, { tenantId, slug, name, claim }: Extract<TenantCommand, { type: 'CreateTenant' }>): Decision<TenantEvent> {
  if (!state.exists) {
    return { events: [{ type: 'TenantCreated', data: { tenantId, slug, name } }, ...(claim ? [claimedBy(tenantId, claim)] : [])] };
  }
  if (hasOwner(state)) return claim && state.owners[claim.ownerId]?.inOffice ? { events: renamed(state, name) } : { refusal: slugTaken };
  if (!claim) return { events: renamed(state, name) };
  const holder = state.claimed && claim.now < state.claimed.until ? state.claimed.ownerId : undefined;
  if (holder && holder !== claim.ownerId) return { refusal: slugClaimed };
  return { events: [...(holder ? [] : [claimedBy(tenantId, claim)]), ...renamed(state, name)] };
}

function claimedBy(tenantId: string, { ownerId, now }: Claim): TenantEvent {
  return { type: 'TenantClaimed', data: { tenantId, ownerId, until: new Date(now + CLAIM_MS).toISOString() } };
}

function hasOwner({ owners }: Pick<Tenant, 'owners'>): boolean {
  return Object.values(owners).some(({ inOffice }) => inOffice);
}

function renamed({ tenantId, name: before }: Tenant, name: string): TenantEvent[] {
  return name === before ? [] : [{ type: 'TenantRenamed', data: { tenantId, name } }];
}

function suspend({ tenantId, slug, active }: Tenant, confirmation: string): Decision<TenantEvent> {
  if (slug === DEFAULT_SLUG) return refuse('B2003', 'default_tenant', 'The default tenant runs this server and cannot be suspended.');
  if (!active) return nothing;
  if (confirmation !== slug) return refuse('V1001', 'confirmation', 'Type the slug of the tenant to confirm.', { path: ['confirmation'] });
  return { events: [{ type: 'TenantSuspended', data: { tenantId } }] };
}

/** After this one looks at the newest state and decides again: role or activity of the user are not what they were seen to be. */
export const changedMeanwhile: Refusal = {
  code: 'E4091', rule: 'changed_meanwhile', message: 'This user was changed by somebody else just now. Look again and try again.',
};

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
  if (known && known.term > term) return { refusal: changedMeanwhile };
  if (known?.term === term && !known.inOffice) return nothing;
  const others = Object.entries(owners).some(([id, { inOffice }]) => inOffice && id !== userId);
  if (!others) return refuse('B2003', 'last_owner', 'This is the last owner. Make somebody else an owner first.');
  return { events: [{ type: 'OwnerRemoved', data: { tenantId, userId, term } }] };
}

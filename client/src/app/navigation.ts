import type { MessageId } from '../i18n/use-t';
import { featureOf, hasFeature, may, type Feature, type Rights, type Scope } from '../lib/permissions';
import {
  IconActivity, IconBook2, IconBuilding, IconBuildingCommunity, IconGauge, IconHome, IconKey, IconLayoutDashboard, IconLayoutGrid,
  IconMessageCircle, IconMovie, IconPhoto, IconPlayerPlay, IconRobot, IconStack2, IconUsers,
} from '../ui/icons';

export interface Destination {
  to: '/home' | '/create/legnext' | '/create/kling' | '/gallery' | '/overview' | '/chat/{-$sessionId}' | '/runs' | '/monitoring' | '/key-pools'
    | '/load-test' | '/users' | '/virtual-keys' | '/service-clients' | '/tenant' | '/tenants' | '/audit-log';
  label: MessageId;
  icon: typeof IconKey;
  /** Letter after `g`. */
  key: string;
  /** The scope that opens it; its feature has to be on as well. */
  scope: Scope;
  /** A part of the product of its own, beside the one that the scope belongs to. */
  feature?: Feature;
  /** `tenant` where one's own things alone would not fill the screen. */
  reach?: 'tenant';
  /** A list that takes a search. */
  searchable?: true;
}

export interface DestinationGroup {
  label: MessageId;
  items: readonly Destination[];
}

/** The rail, the palette and the `g` shortcuts in one list. */
export const navigation: readonly DestinationGroup[] = [
  {
    label: 'nav.create',
    items: [
      { to: '/home', label: 'nav.portal', icon: IconHome, key: 'h', scope: 'account', feature: 'PORTAL' },
      { to: '/chat/{-$sessionId}', label: 'nav.chat', icon: IconMessageCircle, key: 'c', scope: 'chats:read' },
      { to: '/create/legnext', label: 'nav.legnext', icon: IconPhoto, key: 'i', scope: 'runs:write', feature: 'LEGNEXT' },
      { to: '/create/kling', label: 'nav.kling', icon: IconMovie, key: 'v', scope: 'runs:write', feature: 'KLING' },
      { to: '/gallery', label: 'nav.gallery', icon: IconLayoutGrid, key: 'g', scope: 'runs:read', feature: 'GALLERY' },
    ],
  },
  {
    label: 'nav.operate',
    items: [
      { to: '/overview', label: 'nav.overview', icon: IconLayoutDashboard, key: 'o', scope: 'operations:read' },
      { to: '/runs', label: 'nav.runs', icon: IconPlayerPlay, key: 'r', scope: 'runs:read', searchable: true },
      { to: '/monitoring', label: 'nav.monitoring', icon: IconActivity, key: 'j', scope: 'runs:read', reach: 'tenant' },
      { to: '/key-pools', label: 'nav.keyPools', icon: IconStack2, key: 'q', scope: 'pools:read' },
      { to: '/load-test', label: 'nav.loadTest', icon: IconGauge, key: 'l', scope: 'runs:manage' },
    ],
  },
  {
    label: 'nav.access',
    items: [
      { to: '/users', label: 'nav.users', icon: IconUsers, key: 'm', scope: 'users:read', reach: 'tenant', searchable: true },
      { to: '/virtual-keys', label: 'nav.virtualKeys', icon: IconKey, key: 'k', scope: 'keys:read', searchable: true },
      {
        to: '/service-clients', label: 'nav.serviceClients', icon: IconRobot, key: 's',
        scope: 'clients:read', reach: 'tenant', searchable: true,
      },
      { to: '/tenant', label: 'nav.tenant', icon: IconBuilding, key: 't', scope: 'tenant:write' },
      { to: '/tenants', label: 'nav.tenants', icon: IconBuildingCommunity, key: 'n', scope: 'tenants:manage', searchable: true },
    ],
  },
  {
    label: 'nav.ledger',
    items: [{ to: '/audit-log', label: 'nav.auditLog', icon: IconBook2, key: 'a', scope: 'audit:read', searchable: true }],
  },
];

/** The part of the product that is off and has to be on for a destination; undefined when none is. */
export const missingFeature = (rights: Rights, { scope, feature }: Destination): Feature | undefined =>
  [featureOf(scope), feature].find((needed) => needed !== undefined && !hasFeature(rights, needed));

export const opens = (rights: Rights, destination: Destination): boolean =>
  may(rights, destination.scope, destination.reach) && missingFeature(rights, destination) === undefined;

/** What the caller gets to see of it; a group without destinations goes. */
export const navigationOf = (rights: Rights): readonly DestinationGroup[] => navigation
  .map(({ label, items }) => ({ label, items: items.filter((item) => opens(rights, item)) }))
  .filter(({ items }) => items.length > 0);

const pathOf = ({ to }: Destination): string => to.replace(/\/\{.*/, '');

/** The destination that a path belongs to. */
export const destinationAt = (pathname: string): Destination | undefined => navigation.flatMap(({ items }) => items)
  .find((item) => pathname === pathOf(item) || pathname.startsWith(`${pathOf(item)}/`));

const landings: readonly Destination['to'][] = ['/home', '/overview'];

/** Where somebody lands: the portal where it is switched on, the overview for those who may see it, else the first that is open. */
export function landingOf(rights: Rights): Destination | undefined {
  const open = navigationOf(rights).flatMap(({ items }) => items);
  return landings.map((landing) => open.find(({ to }) => to === landing)).find((found) => found !== undefined) ?? open[0];
}

import type { MessageId } from '../i18n/use-t';
import { may, type Rights, type Scope } from '../lib/permissions';
import {
  IconBook2, IconBuilding, IconBuildingCommunity, IconKey, IconLayoutDashboard, IconMessageCircle, IconPlayerPlay, IconRobot,
  IconStack2, IconUsers,
} from '../ui/icons';

export interface Destination {
  to: '/overview' | '/chat/{-$sessionId}' | '/runs' | '/key-pools' | '/users' | '/virtual-keys' | '/service-clients' | '/tenant'
    | '/tenants' | '/audit-log';
  label: MessageId;
  icon: typeof IconKey;
  /** Letter after `g`. */
  key: string;
  /** The scope that opens it; its feature has to be on as well. */
  scope: Scope;
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
    items: [{ to: '/chat/{-$sessionId}', label: 'nav.chat', icon: IconMessageCircle, key: 'c', scope: 'chats:read' }],
  },
  {
    label: 'nav.operate',
    items: [
      { to: '/overview', label: 'nav.overview', icon: IconLayoutDashboard, key: 'o', scope: 'operations:read' },
      { to: '/runs', label: 'nav.runs', icon: IconPlayerPlay, key: 'r', scope: 'runs:read', searchable: true },
      { to: '/key-pools', label: 'nav.keyPools', icon: IconStack2, key: 'q', scope: 'pools:read' },
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

export const opens = (rights: Rights, { scope, reach }: Destination): boolean => may(rights, scope, reach);

/** What the caller gets to see of it; a group without destinations goes. */
export const navigationOf = (rights: Rights): readonly DestinationGroup[] => navigation
  .map(({ label, items }) => ({ label, items: items.filter((item) => opens(rights, item)) }))
  .filter(({ items }) => items.length > 0);

const pathOf = ({ to }: Destination): string => to.replace(/\/\{.*/, '');

/** The destination that a path belongs to. */
export const destinationAt = (pathname: string): Destination | undefined => navigation.flatMap(({ items }) => items)
  .find((item) => pathname === pathOf(item) || pathname.startsWith(`${pathOf(item)}/`));

/** Where somebody lands: the overview for those who may see it, else the first that is open. */
export function landingOf(rights: Rights): Destination | undefined {
  const open = navigationOf(rights).flatMap(({ items }) => items);
  return open.find(({ to }) => to === '/overview') ?? open[0];
}

import type { MessageId } from '../i18n/use-t';
import type { Permission } from '../lib/permissions';
import { IconBook2, IconKey, IconLayoutDashboard, IconMessageCircle, IconPlayerPlay, IconStack2, IconUsers } from '../ui/icons';

export interface Destination {
  to: '/overview' | '/chat/{-$sessionId}' | '/runs' | '/key-pools' | '/users' | '/virtual-keys' | '/audit-log';
  label: MessageId;
  icon: typeof IconKey;
  /** Letter after `g`. */
  key: string;
  needs?: Permission;
}

export interface DestinationGroup {
  label: MessageId;
  items: readonly Destination[];
}

/** The rail, the palette and the `g` shortcuts in one list. */
export const navigation: readonly DestinationGroup[] = [
  { label: 'nav.create', items: [{ to: '/chat/{-$sessionId}', label: 'nav.chat', icon: IconMessageCircle, key: 'c', needs: 'chat' }] },
  {
    label: 'nav.operate',
    items: [
      { to: '/overview', label: 'nav.overview', icon: IconLayoutDashboard, key: 'o', needs: 'readOperation' },
      { to: '/runs', label: 'nav.runs', icon: IconPlayerPlay, key: 'r' },
      { to: '/key-pools', label: 'nav.keyPools', icon: IconStack2, key: 'q', needs: 'readOperation' },
    ],
  },
  {
    label: 'nav.access',
    items: [
      { to: '/users', label: 'nav.users', icon: IconUsers, key: 'm', needs: 'readAccess' },
      { to: '/virtual-keys', label: 'nav.virtualKeys', icon: IconKey, key: 'k' },
    ],
  },
  { label: 'nav.ledger', items: [{ to: '/audit-log', label: 'nav.auditLog', icon: IconBook2, key: 'a', needs: 'readLedger' }] },
];

import type { KeyPoolRow, LeaseRow, ProviderKeyRow } from './list';

export type KeyDialogKind = 'change' | 'rotate' | 'cool-down' | 'remove';

/** What can be begun from the board and from the table; left out where the reader may not. */
export interface PoolActs {
  onChanged: (pool: KeyPoolRow) => void;
  lease?: (pool: KeyPoolRow) => void;
  manage?: {
    addKey: (pool: KeyPoolRow) => void;
    open: (kind: KeyDialogKind, pool: KeyPoolRow, providerKey: ProviderKeyRow) => void;
    switchOff: (providerKey: ProviderKeyRow) => void;
    switchOn: (providerKey: ProviderKeyRow) => void;
    recover: (providerKey: ProviderKeyRow) => void;
    revoke: (pool: KeyPoolRow, lease: LeaseRow) => void;
  };
}

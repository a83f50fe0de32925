import type { KeyPoolRow, ProviderKeyRow } from './list';

/** What every dialog about a provider key is given. */
export interface KeyDialogProps {
  pool: KeyPoolRow;
  providerKey: ProviderKeyRow;
  onChanged: (pool: KeyPoolRow) => void;
  onClose: () => void;
}

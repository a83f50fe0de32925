import type { KeyPoolRow, ProviderKeyRow } from './list';

/** What every dialog about a provider key is given. */
export interface KeyDialogProps {
  pool: KeyPoolRow;
  providerKey: ProviderKeyRow;
  onChanged: (pool: KeyPoolRow) => void;
  onClose: () => void;
}

/** Hands on the pool as a mutation left it, and closes; without a payload it was refused, and the dialog stays to say why. */
export function finish(payload: { keyPool: KeyPoolRow | null } | undefined, { onChanged, onClose }: Pick<KeyDialogProps, 'onChanged' | 'onClose'>): void {
  if (payload) {
    if (payload.keyPool) {
      onChanged(payload.keyPool);
    }
    onClose();
  }
}

import { Button } from '@mantine/core';
import { useT } from '../i18n/use-t';
import type { UserRow } from './list';
import type { ActsOnUser } from './rights';

export type BatchKind = 'edit' | 'deactivate' | 'delete';

interface SelectionActionsProps {
  /** The chosen users, each with what may be done to them. */
  chosen: readonly { user: UserRow; acts: ActsOnUser }[];
  onAct: (kind: BatchKind, users: readonly UserRow[]) => void;
}

const kinds: readonly BatchKind[] = ['edit', 'deactivate', 'delete'];

/** Acts on many: each with those of the chosen on whom it may be taken, and not offered when there is none. */
export function SelectionActions({ chosen, onAct }: SelectionActionsProps) {
  const t = useT();
  return kinds.map((kind) => {
    const users = chosen.filter(({ acts }) => acts[kind]).map(({ user }) => user);
    return users.length > 0 && (
      <Button key={kind} size="xs" variant={kind === 'delete' ? 'outline' : 'default'} color={kind === 'delete' ? 'red' : undefined}
        onClick={() => onAct(kind, users)}>
        {t(`batch.${kind}.act`, { count: users.length })}
      </Button>
    );
  });
}

import { useMemo } from 'react';
import { useT, type T } from '../i18n/use-t';
import { money } from '../lib/format';
import type { Column } from '../ui/data-table/column';
import { limitWords } from '../ui/limit-words';
import { SimulatedBadge } from '../ui/simulated-badge';
import { StatusPill, type Tone } from '../ui/status-pill';
import { Time } from '../ui/time';
import type { VirtualKeyState } from './gql/documents';
import type { VirtualKeyRow } from './list';

const tones: Record<VirtualKeyState, Tone> = { PENDING: 'waiting', ACTIVE: 'good', FAILED: 'bad' };

export const KeyStatePill = ({ state, t }: { state: VirtualKeyState; t: T }) =>
  <StatusPill tone={tones[state]}>{t(`virtualKey.state.${state}`)}</StatusPill>;

export function budgetWords(t: T, { maxBudget, budgetDuration }: Pick<VirtualKeyRow, 'maxBudget' | 'budgetDuration'>): string {
  if (maxBudget === null) {
    return t('limit.none');
  }
  return budgetDuration === null ? money(maxBudget) : t('virtualKey.budgetPer', { amount: money(maxBudget), period: budgetDuration });
}

export const modelWords = (t: T, models: readonly string[]): string => (models.length === 0 ? t('virtualKey.noModels') : models.join(', '));

export function useVirtualKeyColumns(): readonly Column<VirtualKeyRow>[] {
  const t = useT();
  return useMemo((): Column<VirtualKeyRow>[] => [
    {
      id: 'keyAlias', header: 'virtualKey.keyAlias', width: 190, grow: true, sort: 'keyAlias',
      cell: ({ keyAlias }) => <bdi>{keyAlias}</bdi>, text: ({ keyAlias }) => keyAlias,
    },
    {
      id: 'lastFour', header: 'virtualKey.lastFour', width: 100,
      cell: ({ lastFour }) => <code>…{lastFour}</code>,
      text: ({ lastFour }) => lastFour,
    },
    {
      id: 'owner', header: 'virtualKey.owner', width: 170,
      cell: ({ owner }) => <bdi>{owner.displayName}</bdi>, text: ({ owner }) => owner.displayName,
    },
    {
      id: 'state', header: 'virtualKey.state', width: 240,
      cell: ({ state, simulated }) => <><KeyStatePill state={state} t={t} />{simulated && <SimulatedBadge />}</>,
      text: ({ state }) => t(`virtualKey.state.${state}`),
    },
    {
      id: 'models', header: 'virtualKey.models', width: 200, grow: true,
      cell: ({ models }) => <span className={models.length === 0 ? 'muted' : undefined}>{modelWords(t, models)}</span>,
      text: ({ models }) => models.join(' '),
    },
    {
      id: 'maxBudget', header: 'virtualKey.maxBudget', width: 150, align: 'end',
      cell: (key) => <span>{budgetWords(t, key)}</span>,
      text: ({ maxBudget }) => maxBudget ?? '',
    },
    {
      id: 'rpmLimit', header: 'virtualKey.rpmLimit', width: 180, align: 'end',
      cell: ({ rpmLimit }) => <span>{limitWords(t, rpmLimit)}</span>, text: ({ rpmLimit }) => String(rpmLimit ?? ''),
    },
    {
      id: 'expiresAt', header: 'virtualKey.expiresAt', width: 170,
      cell: ({ expiresAt }) => (expiresAt === null ? <span className="muted">{t('virtualKey.never')}</span> : <Time iso={expiresAt} />),
      text: ({ expiresAt }) => expiresAt ?? '',
    },
    {
      id: 'createdAt', header: 'virtualKey.createdAt', width: 160, sort: 'createdAt',
      cell: ({ createdAt }) => <Time iso={createdAt} />, text: ({ createdAt }) => createdAt,
    },
  ], [t]);
}

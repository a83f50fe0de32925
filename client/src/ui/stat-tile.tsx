import type { ReactNode } from 'react';
import { Sparkline } from './sparkline';
import styles from './stat-tile.module.css';

interface StatTileProps {
  label: string;
  value: string;
  /** Recent values, oldest first; drawn as a line. */
  recent?: readonly number[];
  tone?: 'bad' | 'waiting';
  /** Makes a link of the tile. */
  link: (content: ReactNode, className: string) => ReactNode;
}

/** One number that leads to its list. */
export function StatTile({ label, value, recent, tone, link }: StatTileProps) {
  return link(
    <>
      <span className={styles.label}>{label}</span>
      <span className={styles.value} data-tone={tone}>{value}</span>
      {recent && recent.length > 1 && <Sparkline values={recent} />}
    </>,
    styles.tile ?? '',
  );
}

import type { ReactNode } from 'react';
import { ErrorBoundary } from 'react-error-boundary';
import { ProblemNotice } from '../ui/problem-notice';
import styles from './portal-screen.module.css';

interface TileProps {
  id: string;
  title: string;
  children: ReactNode;
}

/** A part of the page that stands and fails by itself. */
export function Tile({ id, title, children }: TileProps) {
  return (
    <section className={styles.tile} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ErrorBoundary fallback={<ProblemNotice problem={{ code: 'E5001' }} />}>{children}</ErrorBoundary>
    </section>
  );
}

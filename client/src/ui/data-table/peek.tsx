import { useEffect, useRef, useState, type ReactNode } from 'react';
import { ActionIcon } from '@mantine/core';
import { useT } from '../../i18n/use-t';
import { IconChevronDown, IconChevronUp, IconX } from '../icons';
import styles from './peek.module.css';

interface PeekProps {
  title: string;
  onClose: () => void;
  onMove: (by: number) => void;
  children: ReactNode;
}

const narrowest = 320;

/** What a row holds, beside the list; resizable, walked with j and k, closed with Esc. */
export function Peek({ title, onClose, onMove, children }: PeekProps) {
  const t = useT();
  const panel = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(480);

  useEffect(() => {
    const element = panel.current;
    const onKeyDown = (event: KeyboardEvent) => event.key === 'Escape' && !event.defaultPrevented && onClose();
    element?.addEventListener('keydown', onKeyDown);
    return () => element?.removeEventListener('keydown', onKeyDown);
  }, [onClose]);

  function drag(event: React.PointerEvent<HTMLElement>): void {
    const from = event.clientX + width;
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    handle.onpointermove = ({ clientX }) => setWidth(Math.max(narrowest, from - clientX));
    handle.onpointerup = () => {
      handle.onpointermove = null;
    };
  }

  return (
    <aside ref={panel} className={styles.peek} style={{ width }} aria-label={title}>
      <button
        type="button"
        className={styles.handle}
        aria-label={t('peek.resize')}
        onPointerDown={drag}
        onKeyDown={(event) => {
          const by = { ArrowLeft: 32, ArrowRight: -32 }[event.key];
          if (by !== undefined) {
            setWidth(Math.max(narrowest, width + by));
          }
        }}
      />
      <div className={styles.header}>
        <h2 className={styles.title}><bdi>{title}</bdi></h2>
        <ActionIcon variant="subtle" color="gray" aria-label={t('peek.previous')} onClick={() => onMove(-1)}><IconChevronUp size={16}
          /></ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label={t('peek.next')} onClick={() => onMove(1)}><IconChevronDown size={16}
          /></ActionIcon>
        <ActionIcon variant="subtle" color="gray" aria-label={t('peek.close')} onClick={onClose}><IconX size={16} /></ActionIcon>
      </div>
      <div className={styles.content}>{children}</div>
    </aside>
  );
}

/** One fact of a peek. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export const Facts = ({ children }: { children: ReactNode }) => <dl className={styles.facts}>{children}</dl>;

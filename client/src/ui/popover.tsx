import '@mantine/core/styles/Popover.layer.css';
import type { ReactElement, ReactNode } from 'react';
import { Popover as MantinePopover } from '@mantine/core';
import styles from './popover.module.css';

interface PopoverProps {
  label: string;
  /** The button that opens it. */
  target: ReactElement;
  children: ReactNode;
}

/** A small panel under its button; Esc and a click outside close it and the focus returns. */
export function Popover({ label, target, children }: PopoverProps) {
  return (
    <MantinePopover position="bottom-start" offset={4} radius={8} trapFocus returnFocus transitionProps={{ duration: 120 }}>
      <MantinePopover.Target>{target}</MantinePopover.Target>
      <MantinePopover.Dropdown className={styles.panel} aria-label={label}>{children}</MantinePopover.Dropdown>
    </MantinePopover>
  );
}

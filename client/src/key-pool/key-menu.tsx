import '@mantine/core/styles/Popover.layer.css';
import { useState } from 'react';
import { ActionIcon, Button, Popover } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { IconDots } from '../ui/icons';
import { useSeconds } from '../ui/use-now';
import type { PoolActs } from './acts';
import styles from './key-pools-screen.module.css';
import { standingOf } from './key-standing';
import type { KeyPoolRow, ProviderKeyRow } from './list';

interface KeyMenuProps {
  pool: KeyPoolRow;
  providerKey: ProviderKeyRow;
  manage: NonNullable<PoolActs['manage']>;
}

/** Everything that can be done with a provider key. */
export function KeyMenu({ pool, providerKey, manage }: KeyMenuProps) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const cooling = standingOf(providerKey, useSeconds()) === 'COOLING';
  const { name, active } = providerKey;
  const label = t('providerKey.actions', { name });
  const items = [
    { text: t('providerKey.change'), run: () => manage.open('change', pool, providerKey) },
    { text: t('providerKey.rotate'), run: () => manage.open('rotate', pool, providerKey) },
    cooling
      ? { text: t('providerKey.recover'), run: () => manage.recover(providerKey) }
      : { text: t('providerKey.coolDown'), run: () => manage.open('cool-down', pool, providerKey) },
    active
      ? { text: t('providerKey.deactivate'), run: () => manage.switchOff(providerKey) }
      : { text: t('providerKey.activate'), run: () => manage.switchOn(providerKey) },
    { text: t('providerKey.remove'), run: () => manage.open('remove', pool, providerKey), color: 'red' },
  ];
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" offset={4} radius={8} trapFocus returnFocus transitionProps={{ duration: 120 }}>
      <Popover.Target>
        <ActionIcon variant="default" size={24} aria-label={label} title={label} onClick={() => setOpen(!open)}><IconDots size={14} /></ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={styles.menu} aria-label={label}>
        {items.map(({ text, run, color = 'gray' }) => (
          <Button
            key={text}
            size="xs"
            variant="subtle"
            color={color}
            justify="flex-start"
            onClick={() => {
              setOpen(false);
              run();
            }}
          >
            {text}
          </Button>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}

import '@mantine/core/styles/FloatingIndicator.layer.css';
import '@mantine/core/styles/SegmentedControl.layer.css';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { Button, NativeSelect, SegmentedControl, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Problem } from '../graphql/problem';
import { languageNames, languages, type Language } from '../i18n/i18n';
import { useT } from '../i18n/use-t';
import { prefer } from '../lib/preferences';
import { signOut, useSession } from '../session';
import { IconLogout } from '../ui/icons';
import { ProblemNotice } from '../ui/problem-notice';
import styles from './user-menu.module.css';

const schemes = ['auto', 'light', 'dark'] as const;

interface UserMenuProps {
  onClose: () => void;
  onShortcuts: () => void;
}

/** Who is signed in, how the product looks and speaks, and the way out. */
export default function UserMenu({ onClose, onShortcuts }: UserMenuProps) {
  const t = useT();
  const { viewer, setup } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const panel = useRef<HTMLDivElement>(null);
  const [problem, setProblem] = useState<Problem>();

  const leave = useEffectEvent(onClose);

  useEffect(() => {
    const opener = document.activeElement;
    panel.current?.focus();
    const onPointerDown = (event: PointerEvent) =>
      event.target instanceof Element && !panel.current?.contains(event.target) && !opener?.contains(event.target) && leave();
    const onKeyDown = (event: KeyboardEvent) => event.key === 'Escape' && leave();
    document.addEventListener('pointerdown', onPointerDown);
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('pointerdown', onPointerDown);
      document.removeEventListener('keydown', onKeyDown);
      if (opener instanceof HTMLElement) {
        opener.focus();
      }
    };
  }, []);

  return (
    <div ref={panel} role="dialog" aria-label={t('userMenu')} tabIndex={-1} className={styles.menu}>
      <div>
        <p className={styles.name}><bdi>{viewer.user.displayName}</bdi></p>
        <p className="muted"><bdi>{viewer.user.email}</bdi></p>
        <p className="muted">{t(`role.${viewer.role}`)} · <bdi>{viewer.tenant.name}</bdi></p>
      </div>
      <div>
        <p className={styles.label} id="theme-label">{t('theme')}</p>
        <SegmentedControl
          size="xs"
          fullWidth
          aria-labelledby="theme-label"
          value={colorScheme}
          onChange={(value) => setColorScheme(value as MantineColorScheme)}
          data={schemes.map((value) => ({ value, label: t(`theme.${value}`) }))}
        />
      </div>
      <NativeSelect
        size="xs"
        label={t('language')}
        value={t.language}
        data={languages.map((value) => ({ value, label: languageNames[value] }))}
        onChange={(event) => prefer({ language: event.currentTarget.value as Language })}
      />
      <Button size="xs" variant="default" renderRoot={(props) => <Link to="/account" {...props} />} onClick={onClose}>
        {t('account.title')}
      </Button>
      <Button size="xs" variant="default" onClick={onShortcuts}>{t('shortcuts.title')}</Button>
      {problem && <ProblemNotice problem={problem} />}
      <Button size="xs" variant="default" leftSection={<IconLogout size={14} />}
        onClick={() => void signOut().then(setProblem)}>{t('signOut')}</Button>
      <p className={styles.version}>Keyledger {setup.version}</p>
    </div>
  );
}

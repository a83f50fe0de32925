import '@mantine/spotlight/styles.layer.css';
import { useEffect, useMemo, useState } from 'react';
import { useMantineColorScheme } from '@mantine/core';
import { createSpotlight, Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import { useNavigate } from '@tanstack/react-router';
import { languageNames, languages } from '../i18n/i18n';
import { useT } from '../i18n/use-t';
import { prefer } from '../lib/preferences';
import { useSession } from '../session';
import { IconSearch, IconUserCircle } from '../ui/icons';
import { navigationOf } from './navigation';
import styles from './palette.module.css';

interface PaletteProps {
  onClose: () => void;
  onShortcuts: () => void;
}

const [store, { open, close }] = createSpotlight();

/** Go to, search in, change theme and language: everything by name. */
export default function Palette({ onClose, onShortcuts }: PaletteProps) {
  const t = useT();
  const navigate = useNavigate();
  const { viewer } = useSession();
  const { setColorScheme } = useMantineColorScheme();
  const [query, setQuery] = useState('');

  useEffect(() => {
    open();
    return close;
  }, []);

  const actions = useMemo(() => {
    const places = navigationOf(viewer).flatMap(({ items }) => items);
    return [
      {
        group: t('palette.go'),
        actions: [...places.map(({ to, label, icon: Icon, key }): SpotlightActionData => ({
          id: to,
          label: t(label),
          leftSection: <Icon size={16} stroke={1.75} aria-hidden />,
          rightSection: <kbd className={styles.keys}>g {key}</kbd>,
          onClick: () => void navigate({ to }),
        })), {
          id: '/account',
          label: t('account.title'),
          leftSection: <IconUserCircle size={16} stroke={1.75} aria-hidden />,
          onClick: () => void navigate({ to: '/account' }),
        }],
      },
      ...(query.trim() === '' ? [] : [{
        group: t('palette.find'),
        actions: places.filter(({ searchable }) => searchable).map(({ to, label }): SpotlightActionData => ({
          id: `find:${to}`,
          label: t('palette.findIn', { text: query.trim(), place: t(label) }),
          keywords: query,
          leftSection: <IconSearch size={16} stroke={1.75} aria-hidden />,
          onClick: () => void navigate({ to, search: { q: query.trim() } as never }),
        })),
      }]),
      {
        group: t('palette.change'),
        actions: [
          ...(['auto', 'light', 'dark'] as const).map((scheme): SpotlightActionData => ({
            id: `theme:${scheme}`, label: `${t('theme')}: ${t(`theme.${scheme}`)}`, onClick: () => setColorScheme(scheme),
          })),
          ...languages.map((language): SpotlightActionData => ({
            id: `language:${language}`, label: `${t('language')}: ${languageNames[language]}`, onClick: () => prefer({ language }),
          })),
          { id: 'shortcuts', label: t('shortcuts.title'), onClick: () => setTimeout(onShortcuts) },
        ],
      },
    ];
  }, [t, viewer, query, navigate, setColorScheme, onShortcuts]);

  return (
    <Spotlight
      store={store}
      onSpotlightClose={onClose}
      query={query}
      onQueryChange={setQuery}
      actions={actions}
      shortcut={null}
      lockScroll={false}
      highlightQuery
      nothingFound={t('palette.nothing')}
      searchProps={{ placeholder: t('palette.open'), 'aria-label': t('palette.open'), leftSection: <IconSearch size={16} aria-hidden /> }}
      transitionProps={{ duration: 120 }}
      classNames={{ content: styles.content ?? '' }}
      // The plain prop would land on the wrong element.
      attributes={{ content: { 'aria-label': t('palette.title') } }}
    />
  );
}

import type { ReactNode } from 'react';
import { NativeSelect } from '@mantine/core';
import { languageNames, languages, type Language } from '../i18n/i18n';
import { useT } from '../i18n/use-t';
import { prefer } from '../lib/preferences';
import { Brand } from '../ui/brand';
import { useTabTitle } from '../ui/page';
import styles from './gate.module.css';

/** The frame of the pages before the sign-in. */
export function Gate({ title, lead, children }: { title: string; lead: ReactNode; children: ReactNode }) {
  const t = useT();
  useTabTitle(title);
  return (
    <div className={styles.gate}>
      <main className={styles.card} id="main">
        <Brand />
        <div>
          <h1>{title}</h1>
          <p className="muted">{lead}</p>
        </div>
        {children}
      </main>
      <footer className={styles.footer}>
        <NativeSelect
          size="xs"
          variant="unstyled"
          aria-label={t('language')}
          value={t.language}
          data={languages.map((value) => ({ value, label: languageNames[value] }))}
          onChange={(event) => prefer({ language: event.currentTarget.value as Language })}
        />
      </footer>
    </div>
  );
}

import { ActionIcon } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { IconHelp } from '../ui/icons';
import { Popover } from '../ui/popover';
import styles from './search-help.module.css';

const prefixes = ['user', 'org', 'model', 'info'] as const;

/** What may be written in front of a word to look in one place only. */
export function SearchHelp() {
  const t = useT();
  return (
    <Popover
      label={t('user.search.help')}
      target={(
        <ActionIcon variant="subtle" color="gray" size={30} aria-label={t('user.search.help')} title={t('user.search.help')}>
          <IconHelp size={16} />
        </ActionIcon>
      )}
    >
      <div className={styles.help} tabIndex={-1}>
        <p>{t('user.search.plain')}</p>
        <dl>
          {prefixes.map((prefix) => (
            <div key={prefix}>
              <dt><code>@{prefix}:</code></dt>
              <dd>{t(`user.search.${prefix}`)}</dd>
            </div>
          ))}
        </dl>
        <p className="muted">{t('user.search.together')} <code>@org:physics @model:gpt-4o</code></p>
      </div>
    </Popover>
  );
}

import '@mantine/core/styles/Checkbox.layer.css';
import type { ReactNode } from 'react';
import { Button, Checkbox, CloseButton, TextInput } from '@mantine/core';
import { useT, type MessageId } from '../../i18n/use-t';
import type { ListSearch, ListSpec } from '../../lib/url-codec';
import { IconFilter, IconSearch, IconX } from '../icons';
import { Popover } from '../popover';
import styles from './data-table.module.css';
import { useShortcuts } from '../use-shortcuts';
import { FacetField } from './facet-field';
import { useTypedSearch } from './use-typed-search';

/** The words of one facet. */
export interface FacetWords {
  label: MessageId;
  /** Words of a value; without, it is shown as it is. */
  words?: (value: string) => string;
}

interface FilterBarProps {
  spec: ListSpec;
  search: ListSearch;
  onSearch: (change: Partial<ListSearch>) => void;
  facets: Readonly<Record<string, FacetWords>>;
  placeholder: MessageId;
  /** How to search, beside the field. */
  help?: ReactNode;
}

export const isFiltered = (search: ListSearch): boolean => search.q !== '' || Object.keys(search.facets).length > 0;

export const withoutFilters = { q: '', facets: {} };

/** Free text and facets; what is chosen stands as chips behind them. */
export function FilterBar({ spec, search, onSearch, facets, placeholder, help }: FilterBarProps) {
  const t = useT();
  const { input, type, empty } = useTypedSearch(search.q, (q) => onSearch({ q }));
  const chips = Object.entries(search.facets).flatMap(([name, values]) => values.map((value) => ({ name, value })));

  function clear(change: Partial<ListSearch>): void {
    empty();
    onSearch(change);
  }

  useShortcuts([
    { id: 'list.search', keys: '/', run: () => input.current?.focus() },
    { id: 'list.clear', keys: 'shift+f', run: () => clear(withoutFilters) },
  ]);

  const choose = (name: string, values: readonly string[]) => {
    const { [name]: _, ...others } = search.facets;
    onSearch({ facets: values.length === 0 ? others : { ...others, [name]: values } });
  };
  const wordsOf = (name: string, value: string): string => facets[name]?.words?.(value) ?? value;

  return (
    <div className={styles.filters} role="search" aria-label={t('table.filters')}>
      <TextInput
        ref={input}
        size="xs"
        className={styles.search}
        aria-label={t(placeholder)}
        placeholder={t(placeholder)}
        defaultValue={search.q}
        leftSection={<IconSearch size={14} />}
        rightSection={search.q === '' ? undefined
          : <CloseButton size="xs" aria-label={t('table.clearSearch')} onClick={() => clear({ q: '' })} />}
        onChange={type}
        onKeyDown={(event) => {
          const last = chips.at(-1);
          if (event.key === 'Backspace' && event.currentTarget.value === '' && last) {
            choose(last.name, (search.facets[last.name] ?? []).filter((value) => value !== last.value));
          } else if (event.key === 'Escape') {
            input.current?.blur();
          }
        }}
      />
      {help}
      {Object.entries(spec.facets).filter(([, values]) => values !== 'id').map(([name, values]) => {
        const label = t(facets[name]?.label ?? 'table.filters');
        const chosen = search.facets[name] ?? [];
        return (
          <Popover
            key={name}
            label={label}
            target={(
              <Button size="xs" variant="default" className={styles.facet} leftSection={<IconFilter size={14} />}>
                {chosen.length > 0 && typeof values !== 'string' ? `${label} · ${chosen.length}` : label}
              </Button>
            )}
          >
            {typeof values === 'string' ? (
              <FacetField label={label} kind={values} value={chosen[0]} onChoose={(value) => choose(name, value === '' ? [] : [value])} />
            ) : (
              <Checkbox.Group aria-label={label} value={[...chosen]} onChange={(next) => choose(name, next)}>
                <div className={styles.options}>
                  {values.map((value) => <Checkbox key={value} size="xs" value={value} label={wordsOf(name, value)} />)}
                </div>
              </Checkbox.Group>
            )}
          </Popover>
        );
      })}
      {chips.map(({ name, value }) => (
        <button
          key={`${name}=${value}`}
          type="button"
          className={styles.chip}
          aria-label={t('table.removeFilter', { filter: `${t(facets[name]?.label ?? 'table.filters')}: ${wordsOf(name, value)}` })}
          onClick={() => choose(name, (search.facets[name] ?? []).filter((other) => other !== value))}
        >
          <bdi>{wordsOf(name, value)}</bdi>
          <IconX size={12} aria-hidden />
        </button>
      ))}
      {isFiltered(search) && (
        <Button size="xs" variant="subtle" onClick={() => clear(withoutFilters)}>{t('table.clear')}</Button>
      )}
    </div>
  );
}

import { useState, useSyncExternalStore, type FormEvent } from 'react';
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { useSession } from '../session';
import { announce } from '../ui/announcer';
import styles from './preset-bar.module.css';
import { PRESET_NAME_LENGTH, presets, removed, renamed, saved, type Preset, type PresetForm } from './presets';

interface PresetBarProps<Parameters> {
  form: PresetForm;
  defaults: Parameters;
  current: Parameters;
  /** What was kept, as far as it still makes sense. */
  parametersOf: (kept: unknown) => Parameters;
  onLoad: (parameters: Parameters) => void;
}

type Naming = { act: 'save' } | { act: 'rename'; from: string } | undefined;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const DEFAULTS = 'defaults';

/** Parameters under names of one's own: load, save, rename, delete. */
export function PresetBar<Parameters>({ form, defaults, current, parametersOf, onLoad }: PresetBarProps<Parameters>) {
  const t = useT();
  const { viewer: { user: { id: userId } } } = useSession();
  const held = useSyncExternalStore(presets.subscribe, () => presets.get(userId, form));
  const [naming, setNaming] = useState<Naming>();
  const [deleted, setDeleted] = useState<Preset>();
  const put = (next: readonly Preset[]) => presets.set(userId, form, next);

  const loaded = held.find(({ parameters }) => same(parametersOf(parameters), current));
  const standing = loaded ? `preset:${loaded.name}` : same(current, defaults) ? DEFAULTS : '';

  function load(value: string): void {
    setDeleted(undefined);
    const preset = held.find(({ name }) => `preset:${name}` === value);
    if (preset || value === DEFAULTS) {
      onLoad(preset ? parametersOf(preset.parameters) : defaults);
    }
  }

  function name(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    if (text === '' || !naming) {
      return;
    }
    put(naming.act === 'save' ? saved(held, { name: text, parameters: current }) : renamed(held, naming.from, text));
    announce(t('form.saved'));
    setNaming(undefined);
  }

  return (
    <div className={styles.bar}>
      <div className={styles.line}>
        <NativeSelect className={styles.grow} size="xs" label={t('preset')} value={standing}
          data={[
            ...(standing === '' ? [{ value: '', label: t('preset.changed') }] : []),
            { value: DEFAULTS, label: t('preset.defaults') },
            ...held.map((preset) => ({ value: `preset:${preset.name}`, label: preset.name })),
          ]}
          onChange={(event) => load(event.currentTarget.value)} />
        <Button size="xs" variant="default" onClick={() => setNaming({ act: 'save' })}>{t('preset.save')}</Button>
        {loaded && (
          <>
            <Button size="xs" variant="default" onClick={() => setNaming({ act: 'rename', from: loaded.name })}>{t('preset.rename')}</Button>
            <Button size="xs" variant="default"
              onClick={() => {
                put(removed(held, loaded.name));
                setDeleted(loaded);
              }}>
              {t('preset.delete')}
            </Button>
          </>
        )}
      </div>
      {naming && (
        <form className={styles.line} onSubmit={name}>
          <TextInput className={styles.grow} size="xs" name="name" label={t('preset.name')} autoFocus required maxLength={PRESET_NAME_LENGTH}
            autoComplete="off" defaultValue={naming.act === 'rename' ? naming.from : loaded?.name} />
          <Button size="xs" variant="default" onClick={() => setNaming(undefined)}>{t('dialog.cancel')}</Button>
          <Button size="xs" type="submit">{t('form.save')}</Button>
        </form>
      )}
      {deleted && (
        <p role="status">
          {t('preset.deleted', { name: deleted.name })}
          {' '}
          {/* The button that was pressed is gone. */}
          <Button size="compact-xs" variant="default" autoFocus
            onClick={() => {
              put(saved(held, deleted));
              setDeleted(undefined);
            }}>
            {t('form.undo')}
          </Button>
        </p>
      )}
    </div>
  );
}

import '@mantine/core/styles/Switch.layer.css';
import { NativeSelect, Switch } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { scenarios } from '../run';
import fields from './fields.module.css';
import { maxWait, pollInterval, type RunSettings } from './forms';
import { NumberField } from './number-field';

interface SettingsFieldsProps {
  settings: RunSettings;
  problemOf: (field: string) => string | undefined;
  onChange: (change: Partial<RunSettings>) => void;
}

/** How the outcome is waited for, and whether a vendor is asked at all. */
export function SettingsFields({ settings: { autoPoll, pollIntervalSeconds, maxWaitSeconds, scenario }, problemOf, onChange }: SettingsFieldsProps) {
  const t = useT();
  return (
    <div className={fields.group} role="group" aria-label={t('generation.settings')}>
      <div className={fields.groupHead}>
        <h2>{t('generation.settings')}</h2>
        <Switch size="xs" label={t('generation.autoPoll')} checked={autoPoll}
          onChange={(event) => onChange({ autoPoll: event.currentTarget.checked })} />
      </div>
      {!autoPoll && <p className="muted">{t('generation.autoPoll.off')}</p>}
      <div className={fields.pair}>
        {autoPoll && (
          <NumberField label={t('generation.pollInterval')} range={pollInterval} value={pollIntervalSeconds}
            error={problemOf('pollIntervalSeconds')} onChange={(value) => onChange({ pollIntervalSeconds: value })} />
        )}
        <NumberField label={t('generation.maxWait')} range={maxWait} value={maxWaitSeconds}
          error={problemOf('maxWaitSeconds')} onChange={(value) => onChange({ maxWaitSeconds: value })} />
      </div>
      <NativeSelect label={t('generation.scenario')} description={t('generation.scenario.help')} value={scenario ?? ''}
        error={problemOf('scenario')}
        data={[{ value: '', label: t('generation.scenario.none') }, ...scenarios.map((value) => ({ value, label: t(`scenario.${value}`) }))]}
        onChange={(event) => onChange({ scenario: scenarios.find((value) => value === event.currentTarget.value) ?? null })} />
    </div>
  );
}

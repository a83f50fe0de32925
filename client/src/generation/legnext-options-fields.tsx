import '@mantine/core/styles/Switch.layer.css';
import { Switch } from '@mantine/core';
import { legnextQualities, legnextRanges, legnextRatios, legnextVersions } from '../../../schema/run/parameter-rules';
import { useT } from '../i18n/use-t';
import { Choice } from './choice';
import fields from './fields.module.css';
import type { LegnextForm, LegnextOptions } from './forms';
import { NumberField } from './number-field';

interface LegnextOptionsFieldsProps {
  form: LegnextForm;
  onChange: (change: Partial<LegnextForm>) => void;
}

const numbers = ['stylize', 'chaos', 'weird', 'stop'] as const;
const switches = ['tile', 'raw', 'draft'] as const;

const versionWords = (version: string): string => version.replace('niji', 'Niji');

/** Everything that may stand behind the words (TEST-50); switched off as a whole, LegNext decides all of it. */
export function LegnextOptionsFields({ form: { withOptions, options }, onChange }: LegnextOptionsFieldsProps) {
  const t = useT();
  const choose = (change: Partial<LegnextOptions>) => onChange({ options: { ...options, ...change } });
  return (
    <div className={fields.group} role="group" aria-label={t('run.exchange.parameters')}>
      <div className={fields.groupHead}>
        <h2>{t('run.exchange.parameters')}</h2>
        <Switch size="xs" label={t('legnext.withOptions')} checked={withOptions}
          onChange={(event) => onChange({ withOptions: event.currentTarget.checked })} />
      </div>
      {withOptions ? (
        <>
          <Choice label={t('parameter.aspectRatio')} values={legnextRatios} value={options.aspectRatio}
            onChange={(aspectRatio) => choose({ aspectRatio })} />
          <Choice label={t('parameter.version')} values={legnextVersions} value={options.version} words={versionWords}
            onChange={(version) => choose({ version })} />
          <Choice label={t('parameter.quality')} values={legnextQualities} value={options.quality}
            onChange={(quality) => choose({ quality })} />
          <div className={fields.pair}>
            {numbers.map((name) => (
              <NumberField key={name} label={t(`parameter.${name}`)} help={t(`parameter.${name}.help`)} range={legnextRanges[name]}
                value={options[name]} onChange={(value) => choose({ [name]: value })} />
            ))}
          </div>
          <div className={fields.switches}>
            {switches.map((name) => (
              <Switch key={name} size="xs" label={t(`parameter.${name}`)} checked={options[name]}
                onChange={(event) => choose({ [name]: event.currentTarget.checked })} />
            ))}
          </div>
        </>
      ) : <p className="muted">{t('legnext.withoutOptions')}</p>}
    </div>
  );
}

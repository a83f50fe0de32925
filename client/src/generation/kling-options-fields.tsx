import {
  cfgScaleOf, klingCount, klingCreativity, klingDurations, klingImageRatios, klingModels, klingModes, klingVideoRatios,
} from '../../../schema/run/parameter-rules';
import { useT } from '../i18n/use-t';
import { Choice } from './choice';
import { Creativity } from './creativity';
import fields from './fields.module.css';
import type { KlingKind, KlingOptions } from './forms';
import { NumberField } from './number-field';

interface KlingOptionsFieldsProps {
  kind: KlingKind;
  options: KlingOptions;
  onChange: (options: KlingOptions) => void;
}

/** The parameters of one kind of work (TEST-52). */
export function KlingOptionsFields({ kind, options, onChange }: KlingOptionsFieldsProps) {
  const t = useT();
  const choose = (change: Partial<KlingOptions>) => onChange({ ...options, ...change });
  return (
    <div className={fields.group} role="group" aria-label={t('run.exchange.parameters')}>
      <h2>{t('run.exchange.parameters')}</h2>
      <Choice label={t('parameter.model')} values={klingModels} value={options.model} onChange={(model) => choose({ model })} />
      {kind === 'image' ? (
        <>
          <Choice label={t('parameter.aspectRatio')} values={klingImageRatios} value={options.imageRatio}
            onChange={(imageRatio) => choose({ imageRatio })} />
          <NumberField label={t('parameter.count')} range={klingCount} value={options.count} onChange={(count) => choose({ count })} />
        </>
      ) : (
        <>
          <Choice label={t('parameter.aspectRatio')} values={klingVideoRatios} value={options.videoRatio}
            disabled={kind === 'image-to-video' ? t('kling.ratioOfImage') : undefined} onChange={(videoRatio) => choose({ videoRatio })} />
          <Choice label={t('parameter.durationSeconds')} values={klingDurations} value={options.durationSeconds}
            words={(seconds) => t('kling.seconds', { seconds })} onChange={(durationSeconds) => choose({ durationSeconds })} />
          <Choice label={t('parameter.mode')} values={klingModes} value={options.mode} words={(mode) => t(`kling.mode.${mode}`)}
            onChange={(mode) => choose({ mode })} />
          <Creativity range={klingCreativity} value={options.creativity} cfgScale={cfgScaleOf(options.creativity)}
            onChange={(creativity) => choose({ creativity })} />
        </>
      )}
    </div>
  );
}

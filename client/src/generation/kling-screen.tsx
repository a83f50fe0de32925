import { useEffect } from 'react';
import { Textarea } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { KLING_PROMPT_LENGTH } from '../../../schema/run/parameter-rules';
import { useT, type MessageId } from '../i18n/use-t';
import { useFormProblems } from '../ui/form-problems';
import { Choice } from './choice';
import { klingDraft, useDraft } from './drafts';
import { klingDefaults, klingKinds, klingOperations, klingOptionsOf, klingParametersOf, type KlingKind } from './forms';
import { GenerationForm } from './generation-form';
import { GenerationScreen } from './generation-screen';
import type { Operation } from './gql/documents';
import { KlingOptionsFields } from './kling-options-fields';
import { PresetBar } from './preset-bar';
import { SettingsFields } from './settings-fields';
import { StartImage } from './start-image';
import { useStart } from './use-start';

const operations: readonly Operation[] = Object.values(klingOperations);
const examples: readonly MessageId[] = ['kling.example.tea', 'kling.example.train'];
const fields = ['prompt', 'negativePrompt', 'image', 'pollIntervalSeconds', 'maxWaitSeconds', 'scenario'];

const call = `mutation {
  startRun(input: {
    operation: KLING_TEXT_TO_VIDEO
    parameters: { prompt: "Steam rises from a cup of tea", durationSeconds: "5", creativity: 5 }
    scenario: SUCCESS
  }) { run { id state } errors { rule message } }
}`;

const kindOf = (mode: string | undefined): KlingKind => klingKinds.find((kind) => kind === mode) ?? 'image';

/** Pictures and videos from words or from a picture, by Kling. */
export default function KlingScreen() {
  const t = useT();
  const navigate = useNavigate();
  const { mode, image } = useSearch({ strict: false }) as { mode?: string; image?: string };
  const kind = kindOf(mode);
  const { form, settings, change, set } = useDraft(klingDraft);
  const { busy, problems, start } = useStart();
  const formProblems = useFormProblems(problems, kind === 'image-to-video' ? fields : fields.filter((field) => field !== 'image'));

  // A link from a picture brings it along; from then on the form holds it.
  useEffect(() => {
    if (image !== undefined) {
      klingDraft.set({ ...klingDraft.get(), form: { ...klingDraft.get().form, image, imageAddress: '' } });
      void navigate({ to: '/create/kling', search: { mode }, replace: true });
    }
  }, [image, mode, navigate]);

  return (
    <GenerationScreen title={t('nav.kling')} scenario={settings.scenario} operations={operations} examples={examples} call={call}
      onExample={(prompt) => change({ prompt })}>
      {(words) => (
        <>
          <PresetBar form="kling" defaults={klingDefaults} current={form.options} parametersOf={klingOptionsOf}
            onLoad={(options) => change({ options })} />
          <GenerationForm label={t('nav.kling')} busy={busy} problems={formProblems.others}
            onStart={() => void start(klingOperations[kind], klingParametersOf(kind, form), settings)}
            parameters={(
              <>
                <KlingOptionsFields kind={kind} options={form.options} onChange={(options) => change({ options })} />
                <SettingsFields settings={settings} problemOf={formProblems.of} onChange={set} />
              </>
            )}>
            <Choice label={t('kling.kind')} values={klingKinds} value={kind} words={(value) => t(`kling.kind.${value}`)}
              onChange={(value) => void navigate({ to: '/create/kling', search: { mode: value }, replace: true })} />
            <Textarea ref={words} label={t('run.prompt')} autosize minRows={4} maxRows={12} required maxLength={KLING_PROMPT_LENGTH}
              value={form.prompt} error={formProblems.of('prompt')} onChange={(event) => change({ prompt: event.currentTarget.value })} />
            {kind === 'image-to-video' && (
              <StartImage image={form.image} address={form.imageAddress} error={formProblems.of('image')} onChange={change} />
            )}
            <Textarea label={t('parameter.negativePrompt')} description={t('parameter.negativePrompt.help')} autosize minRows={1} maxRows={6}
              maxLength={KLING_PROMPT_LENGTH} value={form.negativePrompt} error={formProblems.of('negativePrompt')}
              onChange={(event) => change({ negativePrompt: event.currentTarget.value })} />
          </GenerationForm>
        </>
      )}
    </GenerationScreen>
  );
}

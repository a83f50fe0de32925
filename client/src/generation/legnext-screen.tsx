import { Textarea } from '@mantine/core';
import { useT, type MessageId } from '../i18n/use-t';
import { useFormProblems } from '../ui/form-problems';
import { legnextDraft, useDraft } from './drafts';
import { FinalTextPreview } from './final-text-preview';
import { namesParameters } from './final-text';
import { legnextDefaults, legnextOptionsOf, legnextParametersOf } from './forms';
import { GenerationForm } from './generation-form';
import { GenerationScreen } from './generation-screen';
import type { Operation } from './gql/documents';
import { LegnextOptionsFields } from './legnext-options-fields';
import { PresetBar } from './preset-bar';
import { SettingsFields } from './settings-fields';
import { useStart } from './use-start';

const operations: readonly Operation[] = ['LEGNEXT_DIFFUSION'];
const examples: readonly MessageId[] = ['legnext.example.harbour', 'legnext.example.library', 'legnext.example.poster'];
const fields = ['prompt', 'pollIntervalSeconds', 'maxWaitSeconds', 'scenario'];

const call = `mutation {
  startRun(input: {
    operation: LEGNEXT_DIFFUSION
    parameters: { prompt: "A lighthouse at dusk", options: { aspectRatio: "16:9" } }
    scenario: SUCCESS
  }) { run { id state } errors { rule message } }
}`;

/** Pictures from words, through LegNext. */
export default function LegnextScreen() {
  const t = useT();
  const { form, settings, change, set } = useDraft(legnextDraft);
  const { busy, problems, start } = useStart();
  const formProblems = useFormProblems(problems, fields);
  const parameters = legnextParametersOf(form);

  return (
    <GenerationScreen title={t('nav.legnext')} scenario={settings.scenario} operations={operations} examples={examples} call={call}
      onExample={(prompt) => change({ prompt })}>
      {(words) => (
        <>
          <PresetBar form="legnext" defaults={legnextDefaults} current={form.options} parametersOf={legnextOptionsOf}
            onLoad={(options) => change({ options, withOptions: true })} />
          <GenerationForm label={t('nav.legnext')} busy={busy} problems={formProblems.others}
            onStart={() => void start('LEGNEXT_DIFFUSION', parameters, settings)}
            parameters={(
              <>
                <LegnextOptionsFields form={form} onChange={change} />
                <SettingsFields settings={settings} problemOf={formProblems.of} onChange={set} />
              </>
            )}>
            <Textarea ref={words} label={t('run.prompt')} autosize minRows={4} maxRows={12} required value={form.prompt}
              description={form.withOptions && namesParameters(form.prompt) ? t('legnext.twice') : undefined}
              error={formProblems.of('prompt')} onChange={(event) => change({ prompt: event.currentTarget.value })} />
            <FinalTextPreview parameters={parameters} />
          </GenerationForm>
        </>
      )}
    </GenerationScreen>
  );
}

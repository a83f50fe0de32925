import { useRef } from 'react';
import { Textarea } from '@mantine/core';
import { useT, type MessageId } from '../i18n/use-t';
import { Page } from '../ui/page';
import { useFormProblems } from '../ui/form-problems';
import { legnextDraft, useDraft } from './drafts';
import { Examples } from './examples';
import { FinalTextPreview } from './final-text-preview';
import { namesParameters } from './final-text';
import { legnextDefaults, legnextOptionsOf, legnextParametersOf } from './forms';
import { GenerationForm } from './generation-form';
import type { Operation } from './gql/documents';
import { LegnextOptionsFields } from './legnext-options-fields';
import { PresetBar } from './preset-bar';
import { Results } from './results';
import styles from './screen.module.css';
import { SettingsFields } from './settings-fields';
import { SimulatedRibbon } from './simulated-ribbon';
import { useStart } from './use-start';

const operations: readonly Operation[] = ['LEGNEXT_DIFFUSION'];
const prompts: readonly MessageId[] = ['legnext.example.harbour', 'legnext.example.library', 'legnext.example.poster'];
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
  const words = useRef<HTMLTextAreaElement>(null);
  const parameters = legnextParametersOf(form);

  return (
    <Page title={t('nav.legnext')}>
      <SimulatedRibbon scenario={settings.scenario} />
      <div className={styles.screen}>
        <div className={styles.side}>
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
        </div>
        <Results operations={operations} empty={(
          <Examples prompts={prompts} call={call}
            onChoose={(prompt) => {
              change({ prompt });
              words.current?.focus();
            }} />
        )} />
      </div>
    </Page>
  );
}

import { type FormEvent } from 'react';
import { Button, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { finalTextOf, legnextDraft, legnextParametersOf, SimulatedRibbon, StartProblems, useDraft, useStart } from '../generation';
import { useT } from '../i18n/use-t';
import { IconWand } from '../ui/icons';
import styles from './gallery-screen.module.css';

/** One line that begins a picture, with the parameters of the LegNext page. */
export function PromptLine() {
  const t = useT();
  const { form, settings, change } = useDraft(legnextDraft);
  const { busy, problems, start } = useStart();
  const parameters = legnextParametersOf(form);

  async function submit(event?: FormEvent): Promise<void> {
    event?.preventDefault();
    if (parameters.prompt !== '' && !busy && await start('LEGNEXT_DIFFUSION', parameters, settings)) {
      change({ prompt: '' });
    }
  }

  return (
    <form className={styles.promptLine} onSubmit={(event) => void submit(event)}>
      <div className={styles.line}>
        <TextInput className={styles.prompt} size="md" aria-label={t('run.prompt')} placeholder={t('gallery.placeholder')} value={form.prompt}
          autoComplete="off" onChange={(event) => change({ prompt: event.currentTarget.value })} />
        <Button type="submit" size="md" loading={busy} leftSection={<IconWand size={16} />}>{t('generation.run')}</Button>
      </div>
      <p className={styles.parameters}>
        {finalTextOf(parameters).parameters.map((part) => <code key={part}>{part}</code>)}
        <Link to="/create/legnext">{t('gallery.change')}</Link>
      </p>
      <SimulatedRibbon scenario={settings.scenario} />
      <StartProblems problems={problems} onRetry={() => void submit()} />
    </form>
  );
}

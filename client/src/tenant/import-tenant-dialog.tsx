import { useState } from 'react';
import { Button, Textarea } from '@mantine/core';
import { useAct } from '../graphql/use-act';
import { useT } from '../i18n/use-t';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { FileButton } from '../ui/file-button';
import { Problems, useFormProblems } from '../ui/form-problems';
import { ImportTenantDocument } from './gql/documents';
import styles from './import-tenant-dialog.module.css';

interface ImportTenantDialogProps {
  onClose: () => void;
  onImported: () => void;
}

/** What a dry run found, and for which text: another text has to be checked anew. */
interface Checked {
  text: string;
  changes: readonly string[];
}

/** A tenant from its configuration file: first what would change, then the change itself. */
export default function ImportTenantDialog({ onClose, onImported }: ImportTenantDialogProps) {
  const t = useT();
  const act = useAct(ImportTenantDocument, ({ importTenant }) => importTenant);
  const problems = useFormProblems(act.problems, ['configuration']);
  const [text, setText] = useState('');
  /** What is wrong with the text or its file before any server sees it. */
  const [failure, setFailure] = useState<'tenant.import.notJson' | 'rule.unreadable_file'>();
  const [checked, setChecked] = useState<Checked>();
  const ready = checked?.text === text ? checked : undefined;

  async function read(file: File): Promise<void> {
    try {
      setText(await file.text());
      setFailure(undefined);
    } catch {
      setFailure('rule.unreadable_file');
    }
  }

  async function run(dryRun: boolean): Promise<void> {
    let configuration: unknown;
    try {
      configuration = JSON.parse(text);
    } catch {
      setFailure('tenant.import.notJson');
      return;
    }
    setFailure(undefined);
    const payload = await act.run({ configuration, dryRun });
    if (payload && dryRun) {
      setChecked({ text, changes: payload.changes ?? [] });
    } else if (payload) {
      onImported();
      onClose();
    }
  }

  return (
    <Dialog title={t('tenant.import')} size={640} onClose={onClose}>
      <form
        className={dialog.form}
        onSubmit={(event) => {
          event.preventDefault();
          void run(!ready);
        }}
      >
        <p className="muted">{t('tenant.import.hint')}</p>
        <FileButton label={t('file.choose')} accept="application/json,.json" onFile={(file) => void read(file)} />
        <Textarea data-autofocus label={t('tenant.import.text')} classNames={{ input: styles.text ?? '' }} rows={10} required
          spellCheck={false} value={text} error={failure ? t(failure) : problems.of('configuration')}
          onChange={(event) => setText(event.currentTarget.value)} />
        {ready && (
          <div role="status">
            <h3>{t('tenant.import.changes', { count: ready.changes.length })}</h3>
            <ul className={styles.changes}>{ready.changes.map((change) => <li key={change}><bdi>{change}</bdi></li>)}</ul>
          </div>
        )}
        <Problems problems={problems.others} />
        <div className={dialog.buttons}>
          <Button variant="default" onClick={onClose}>{t('dialog.cancel')}</Button>
          <Button type="submit" loading={act.busy} disabled={ready?.changes.length === 0}>
            {t(ready ? 'tenant.import.act' : 'tenant.import.check')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

import '@mantine/core/styles/Checkbox.layer.css';
import { useState } from 'react';
import { Button, Textarea } from '@mantine/core';
import { exportColumns, importColumns } from '../../../schema/user/csv';
import { useT } from '../i18n/use-t';
import { download, toCsv } from '../lib/csv';
import { Dialog } from '../ui/dialog';
import dialog from '../ui/dialog.module.css';
import { FileButton } from '../ui/file-button';
import { Problems } from '../ui/form-problems';
import { IconDownload } from '../ui/icons';
import { ImportReport } from './import-report';
import styles from './import.module.css';
import { useImport } from './use-import';

interface ImportDialogProps {
  onClose: () => void;
  /** People were made or changed. */
  onImported: () => void;
}

const example = ['ada@example.com', 'Ada Lovelace', 'user', 'Physics', '', 'free'];

/** A file of people: chosen, dropped or pasted; first a trial that changes nothing, with a report for every line. */
export default function ImportDialog({ onClose, onImported }: ImportDialogProps) {
  const t = useT();
  const [file, setFile] = useState('');
  const [text, setText] = useState('');
  const [over, setOver] = useState(false);
  const [unreadable, setUnreadable] = useState(false);
  const { busy, report, progress, problems, run, again, reset } = useImport();
  const checked = report?.dryRun ? report : undefined;
  const done = report && !report.dryRun && report.complete;
  const worthwhile = checked?.complete && checked.lines.some(({ outcome }) => outcome === 'CREATE' || outcome === 'UPDATE');

  async function take(given: File | null | undefined): Promise<void> {
    if (!given) {
      return;
    }
    try {
      setText(await given.text());
      setFile(given.name);
      setUnreadable(false);
    } catch {
      // Gone, changed since it was chosen, a folder, or not this reader's.
      setUnreadable(true);
    }
  }

  function close(): void {
    if (report && !report.dryRun) {
      onImported();
    }
    onClose();
  }

  return (
    <Dialog title={t('import.title')} size={760} closable={!busy} onClose={close}>
      <div className={dialog.form}>
        {!report && (
          <>
            <p className="muted">{t('import.hint', { columns: importColumns.join(', ') })}</p>
            <div
              className={styles.drop}
              data-over={over || undefined}
              onDragOver={(event) => {
                event.preventDefault();
                setOver(true);
              }}
              onDragLeave={() => setOver(false)}
              onDrop={(event) => {
                event.preventDefault();
                setOver(false);
                void take(event.dataTransfer.files[0]);
              }}
            >
              <div className={styles.choices}>
                <FileButton autoFocus label={t('import.choose')} accept=".csv,text/csv,text/plain" onFile={(given) => void take(given)} />
                <span className="muted">{file === '' ? t('import.drop') : <bdi>{file}</bdi>}</span>
                <Button size="xs" variant="subtle" leftSection={<IconDownload size={14} />}
                  onClick={() => download('users-template.csv', toCsv(exportColumns, [example]))}>
                  {t('import.template')}
                </Button>
              </div>
              {unreadable && <p role="alert">{t('import.unreadable')}</p>}
              <Textarea label={t('import.paste')} value={text} rows={8} spellCheck={false} placeholder={`${exportColumns.join(',')}\n${example.join(',')}`}
                onChange={(event) => {
                  setText(event.currentTarget.value);
                  setFile('');
                }} />
            </div>
          </>
        )}
        {report && <ImportReport report={report} />}
        {busy && <progress className={styles.progress} aria-label={t('import.progress')} value={progress} />}
        {done && <p role="status">{t('import.finished')}</p>}
        <Problems problems={problems} onRetry={() => void again()} />
        <div className={dialog.buttons}>
          {checked && <Button variant="default" disabled={busy} onClick={reset}>{t('import.another')}</Button>}
          {!done && <Button variant="default" disabled={busy} onClick={close}>{t('dialog.cancel')}</Button>}
          {!report && <Button loading={busy} disabled={text.trim() === ''} onClick={() => void run(text, true)}>{t('import.check')}</Button>}
          {checked && <Button loading={busy} disabled={!worthwhile} onClick={() => void run(text, false)}>{t('import.apply')}</Button>}
          {done && <Button onClick={close}>{t('dialog.close')}</Button>}
        </div>
      </div>
    </Dialog>
  );
}

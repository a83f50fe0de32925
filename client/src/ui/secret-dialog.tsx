import '@mantine/core/styles/Checkbox.layer.css';
import { useEffect, useRef, useState } from 'react';
import { ActionIcon, Button, Checkbox, TextInput } from '@mantine/core';
import { useT } from '../i18n/use-t';
import { CopyButton } from './copy-button';
import { copyText } from './copy-text';
import { Dialog } from './dialog';
import dialog from './dialog.module.css';
import { IconCheck, IconCopy, IconEye, IconEyeOff } from './icons';
import styles from './secret-dialog.module.css';

interface SecretDialogProps {
  title: string;
  secret: string;
  /** What else to know about it, such as how long it works. */
  note?: string;
  /** A command that uses the secret, with `SECRET` in its place. */
  usage?: string;
  /** The reader stored it; the caller drops its copy and refreshes what it shows. */
  onStored: () => void;
}

/** As long whatever the secret: a mask must not tell its length. */
const mask = '•'.repeat(24);

/**
 * Shows a secret once. It cannot be closed before the reader says it is stored, and the page cannot be left unasked.
 */
export default function SecretDialog({ title, secret, note, usage, onStored }: SecretDialogProps) {
  const t = useT();
  const [revealed, setRevealed] = useState(false);
  const [stored, setStored] = useState(false);
  const [copied, setCopied] = useState<boolean>();
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const guard = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', guard);
    return () => window.removeEventListener('beforeunload', guard);
  }, []);

  useEffect(() => {
    if (copied === false) {
      field.current?.select();
    }
  }, [copied]);

  async function copy(): Promise<void> {
    const done = await copyText(secret);
    setCopied(done);
    if (!done) {
      setRevealed(true);
    }
  }

  return (
    <Dialog title={title} closable={false} size={560} onClose={onStored}>
      <div className={dialog.form}>
        <p>{t('secret.once')}</p>
        {note && <p>{note}</p>}
        <div className={styles.row}>
          <TextInput
            ref={field}
            className={styles.field}
            aria-label={t('secret.value')}
            value={revealed ? secret : mask}
            readOnly
            autoComplete="off"
            spellCheck={false}
            onFocus={(event) => event.currentTarget.select()}
            rightSection={(
              <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t(revealed ? 'secret.hide' : 'secret.reveal')}
                onClick={() => setRevealed(!revealed)}>
                {revealed ? <IconEyeOff size={16} /> : <IconEye size={16} />}
              </ActionIcon>
            )}
          />
          <Button data-autofocus variant={copied ? 'default' : 'filled'}
            leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            onClick={() => void copy()}>
            {t('secret.copy')}
          </Button>
        </div>
        <p role="status" className={styles.result}>{copied === undefined ? '' : t(copied ? 'secret.copied' : 'secret.copyByHand')}</p>
        {usage && (
          <div>
            <h3>{t('secret.usage')} <CopyButton text={usage} label={t('secret.usage')} /></h3>
            <pre className={styles.usage} tabIndex={0} role="group" aria-label={t('secret.usage')}>{usage}</pre>
          </div>
        )}
        <Checkbox label={t('secret.stored')} checked={stored} onChange={(event) => setStored(event.currentTarget.checked)} />
        <div className={dialog.buttons}>
          <Button disabled={!stored} onClick={onStored}>{t('secret.done')}</Button>
        </div>
      </div>
    </Dialog>
  );
}

import '@mantine/core/styles/Overlay.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import '@mantine/core/styles/CloseButton.layer.css';
import '@mantine/core/styles/ModalBase.layer.css';
import '@mantine/core/styles/Modal.layer.css';
import type { ReactNode } from 'react';
import { Modal } from '@mantine/core';
import { useT } from '../i18n/use-t';
import styles from './dialog.module.css';

interface DialogProps {
  title: string;
  onClose: () => void;
  /** False takes away the close button, Esc and clicks outside. */
  closable?: boolean;
  size?: number;
  children: ReactNode;
}

/** A modal dialog. Mount it to open it. */
export function Dialog({ title, onClose, closable = true, size = 480, children }: DialogProps) {
  const t = useT();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size}
      centered
      radius={8}
      padding="md"
      withCloseButton={closable}
      closeOnEscape={closable}
      closeOnClickOutside={closable}
      // The page itself never scrolls, so no style has to be injected to stop it.
      lockScroll={false}
      transitionProps={{ duration: 120, transition: 'fade' }}
      closeButtonProps={{ 'aria-label': t('dialog.close') }}
      classNames={{ title: styles.title ?? '', content: styles.content ?? '' }}
      // Else the dialog's header is a second banner of the page.
      attributes={{ header: { role: 'presentation' } }}
    >
      {children}
    </Modal>
  );
}

import { announce } from './announcer';
import styles from './file-button.module.css';
import { IconUpload } from './icons';

interface FileButtonProps {
  id?: string;
  /** Ids of what is said about the file. */
  describedBy?: string;
  label: string;
  /** Media types and endings, as a file input takes them. */
  accept: string;
  /** Has the focus when its dialog opens. */
  autoFocus?: boolean;
  onFile: (file: File) => void;
}

/** A file to choose, in the product's own words: a browser's file input speaks the browser's language. */
export function FileButton({ id, describedBy, label, accept, autoFocus, onFile }: FileButtonProps) {
  return (
    <label className={styles.button}>
      <IconUpload size={14} aria-hidden />
      {label}
      <input
        id={id}
        aria-describedby={describedBy}
        type="file"
        accept={accept}
        data-autofocus={autoFocus || undefined}
        className="visually-hidden"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          // The same file may be chosen again after it was corrected.
          event.currentTarget.value = '';
          if (file) {
            announce(file.name);
            onFile(file);
          }
        }}
      />
    </label>
  );
}

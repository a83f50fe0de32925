import { announce } from './announcer';
import styles from './file-button.module.css';
import { IconUpload } from './icons';

interface FileButtonProps {
  id?: string;
  label: string;
  /** Media types and endings, as a file input takes them. */
  accept: string;
  onFile: (file: File) => void;
}

/** A file to choose, in the product's own words: a browser's file input speaks the browser's language. */
export function FileButton({ id, label, accept, onFile }: FileButtonProps) {
  return (
    <label className={styles.button}>
      <IconUpload size={14} aria-hidden />
      {label}
      <input
        id={id}
        type="file"
        accept={accept}
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

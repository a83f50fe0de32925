import type { ReactNode } from 'react';
import type { MessageId } from '../../i18n/use-t';

/** One column of a list. */
export interface Column<Row> {
  id: string;
  header: MessageId;
  /** Pixels; a column that grows takes what is left. */
  width: number;
  grow?: boolean;
  align?: 'end';
  /** Name of the field to sort by, when the server can. */
  sort?: string;
  cell(row: Row): ReactNode;
  /** The same as plain text, for the export and the tooltip of a cut cell. */
  text(row: Row): string;
}

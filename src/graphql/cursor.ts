import { RefusedError, type Refusal } from '../../schema/errors/catalogue';

/** Where an item stands in an order: its sort value and its unique key, both as Postgres writes them as text. */
export interface CursorPlace {
  value: string;
  key: string;
}

const VERSION = 1;

export const notACursor: Refusal = { code: 'E4004', rule: 'cursor', message: 'This is not a cursor of this API.' };
const otherOrder: Refusal = { code: 'E4004', rule: 'cursor_order', message: 'This cursor belongs to another list or order.' };

/** The opaque cursor of a place in the named order. */
export function encodeCursor(order: string, { value, key }: CursorPlace): string {
  return Buffer.from(JSON.stringify([VERSION, order, value, key]), 'utf8').toString('base64url');
}

/** @throws RefusedError E4004 for anything but a cursor of this very order */
export function decodeCursor(cursor: string, order: string): CursorPlace {
  const parts = parse(cursor);
  if (!Array.isArray(parts) || parts.length !== 4) throw new RefusedError(notACursor);
  const [version, of, value, key] = parts as unknown[];
  if (version !== VERSION || typeof value !== 'string' || typeof key !== 'string') throw new RefusedError(notACursor);
  if (of !== order) throw new RefusedError(otherOrder);
  return { value, key };
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

import { z } from 'zod';
import { RefusedError } from '../../schema/errors/catalogue';

/** A place in a feed: behind this row, or behind everything up to `position` when `key` is null. */
export interface Place {
  position: bigint;
  key: string | null;
}

/** Which rows a feed shows: those of one build of a view. Places in one build mean nothing in another. */
export interface Feed {
  view: string;
  version: number;
  build: number;
}

const shape = z.tuple([z.string(), z.number().int(), z.number().int(), z.string().regex(/^(-1|\d{1,18})$/), z.string().nullable()]);

export function encodeCursor({ view, version, build }: Feed, { position, key }: Place): string {
  return Buffer.from(JSON.stringify([view, version, build, position.toString(), key])).toString('base64url');
}

/** @throws RefusedError E4004 for anything that is not a cursor of this feed as it is now */
export function decodeCursor(feed: Feed, cursor: string): Place {
  const [view, version, build, position, key] = parse(cursor);
  if (view !== feed.view) throw notACursor();
  if (version !== feed.version || build !== feed.build) throw outdated();
  return { position: BigInt(position), key };
}

function parse(cursor: string): z.infer<typeof shape> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw notACursor();
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw notACursor();
  return parsed.data;
}

function notACursor(): RefusedError {
  return refusedCursor('cursor_of_this_feed', 'This is not a cursor of this feed. Subscribe without one.');
}

/** The rows were built anew, so what came before the cursor may have changed too. */
export function outdated(): RefusedError {
  return refusedCursor('cursor_outdated', 'The view was built anew since this cursor. Load it again and subscribe without one.');
}

function refusedCursor(rule: string, message: string): RefusedError {
  return new RefusedError({ code: 'E4004', rule, message, path: ['after'] });
}

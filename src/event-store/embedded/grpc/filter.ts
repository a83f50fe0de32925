import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import type { StoredEvent } from '../log/event';
import { invalidArgument } from './errors';
import { compilePattern } from './pattern';

/** Which events of `$all` a caller wants, and how often it wants to hear how far the reading is. */
export interface EventFilter {
  matches(event: Pick<StoredEvent, 'stream' | 'type'>): boolean;
  /** Send a checkpoint each time so many events were considered, matching or not. */
  checkpointEvery: number;
}

/** A real node's search window when the caller sets none. */
const DEFAULT_WINDOW = 32;
/** Texts whose verdict is remembered: a log repeats its streams and types. */
const MAX_VERDICTS = 10_000;

/** @throws CallError INVALID_ARGUMENT for a filter without expression or with one that cannot be matched safely */
export function compileFilter(options: ReadReq.Options.FilterOptions): EventFilter {
  const onStream = options.getStreamIdentifier();
  const expression = onStream ?? options.getEventType();
  if (!expression) throw invalidArgument('A filter must say whether it is about stream names or event types.');
  const matches = remembered(textMatcher(expression));
  const window = options.hasMax() ? options.getMax() : DEFAULT_WINDOW;
  return {
    matches: onStream ? ({ stream }) => matches(stream) : ({ type }) => matches(type),
    checkpointEvery: Math.max(1, window) * Math.max(1, options.getCheckpointintervalmultiplier()),
  };
}

function textMatcher(expression: ReadReq.Options.FilterOptions.Expression): (text: string) => boolean {
  const prefixes = expression.getPrefixList();
  if (prefixes.length > 0) return (text) => prefixes.some((prefix) => text.startsWith(prefix));
  const regex = expression.getRegex();
  if (regex === '') throw invalidArgument('A filter must carry prefixes or a regular expression.');
  return compilePattern(regex);
}

function remembered(matches: (text: string) => boolean): (text: string) => boolean {
  const verdicts = new Map<string, boolean>();
  return (text) => {
    let verdict = verdicts.get(text);
    if (verdict === undefined) {
      if (verdicts.size >= MAX_VERDICTS) verdicts.clear();
      verdicts.set(text, (verdict = matches(text)));
    }
    return verdict;
  };
}

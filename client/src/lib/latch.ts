/**
 * Whether a log follows its newest line. Only the reader decides: layout growth never changes it, and distance to the
 * end alone never engages it (dashboard conventions, scroll latch).
 */
export interface Latch {
  following: boolean;
}

export type LatchEvent =
  /** An answer starts; `atEnd` says whether its reader looked at the end at that moment. */
  | { type: 'answerStarted'; atEnd: boolean }
  /** Wheel up, PageUp, touch drag, text selection or focus inside the log. */
  | { type: 'readerMovedAway' }
  /** End key, sending, or the "newest" button. */
  | { type: 'readerAskedForNewest' }
  | { type: 'contentGrew' }
  | { type: 'answerFinished' };

export function latch(state: Latch, event: LatchEvent): Latch {
  switch (event.type) {
    case 'answerStarted':
      return { following: state.following && event.atEnd };
    case 'readerMovedAway':
      return { following: false };
    case 'readerAskedForNewest':
      return { following: true };
    case 'contentGrew':
    case 'answerFinished':
      return state;
    default:
      return event satisfies never;
  }
}

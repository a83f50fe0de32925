import { useEffect, useReducer, useRef, type RefObject } from 'react';
import { latch } from '../lib/latch';

interface UseLatch {
  /** The scrolling log. */
  log: RefObject<HTMLDivElement | null>;
  /** What grows inside it. */
  content: RefObject<HTMLDivElement | null>;
  following: boolean;
  /** Goes to the newest line and stays there. */
  follow(): void;
  /** An answer starts. */
  answerStarted(): void;
}

/** Pixels off the end that still count as the end. */
const slack = 24;
const awayKeys = ['PageUp', 'ArrowUp', 'Home'];

/** Keeps a log at its newest line exactly as long as its reader wants that. */
export function useLatch(): UseLatch {
  const log = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [{ following }, send] = useReducer(latch, { following: true });

  const atEnd = (): boolean => {
    const element = log.current;
    return element === null || element.scrollHeight - element.scrollTop - element.clientHeight <= slack;
  };
  const toEnd = (): void => {
    if (log.current) {
      log.current.scrollTop = log.current.scrollHeight;
    }
  };

  useEffect(() => {
    const element = log.current;
    if (!element) {
      return undefined;
    }
    const away = () => send({ type: 'readerMovedAway' });
    const onWheel = ({ deltaY }: WheelEvent) => deltaY < 0 && away();
    const onKeyDown = ({ key }: KeyboardEvent) => {
      if (awayKeys.includes(key)) {
        away();
      } else if (key === 'End') {
        send({ type: 'readerAskedForNewest' });
      }
    };
    const onSelection = () => {
      const selection = document.getSelection();
      if (selection && !selection.isCollapsed && selection.anchorNode && element.contains(selection.anchorNode)) {
        away();
      }
    };
    element.addEventListener('wheel', onWheel, { passive: true });
    element.addEventListener('touchmove', away, { passive: true });
    element.addEventListener('keydown', onKeyDown);
    element.addEventListener('focusin', away);
    document.addEventListener('selectionchange', onSelection);
    return () => {
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('touchmove', away);
      element.removeEventListener('keydown', onKeyDown);
      element.removeEventListener('focusin', away);
      document.removeEventListener('selectionchange', onSelection);
    };
  }, []);

  useEffect(() => {
    if (!following || !content.current) {
      return undefined;
    }
    toEnd();
    const growth = new ResizeObserver(toEnd);
    growth.observe(content.current);
    return () => growth.disconnect();
  }, [following]);

  return {
    log,
    content,
    following,
    follow() {
      send({ type: 'readerAskedForNewest' });
      toEnd();
    },
    answerStarted: () => send({ type: 'answerStarted', atEnd: atEnd() }),
  };
}

import { useEffect, useRef, useState, type RefObject } from 'react';

/** How wide an element is, in pixels, as it changes; 0 before it was measured. */
export function useWidth<Kind extends HTMLElement>(): { element: RefObject<Kind | null>; width: number } {
  const element = useRef<Kind>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) {
      return undefined;
    }
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentBoxSize[0]?.inlineSize ?? 0)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return { element, width };
}

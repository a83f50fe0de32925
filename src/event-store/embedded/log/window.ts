/** A first-in, first-out list that can be sliced: `shift` costs the same however long it is. */
export interface Window<T> {
  readonly length: number;
  push(item: T): void;
  shift(): T | undefined;
  at(index: number): T | undefined;
  slice(from: number, to: number): T[];
  clear(): void;
}

/** How many items already shifted are kept in memory before the list is copied down. */
const SLACK = 1024;

export function createWindow<T>(): Window<T> {
  let items: (T | undefined)[] = [];
  let start = 0;
  return {
    get length() {
      return items.length - start;
    },
    push: (item) => {
      items.push(item);
    },
    shift: () => {
      if (start === items.length) return undefined;
      const item = items[start];
      items[start++] = undefined;
      if (start > SLACK && start * 2 > items.length) {
        items = items.slice(start);
        start = 0;
      }
      return item;
    },
    at: (index) => items[start + index],
    slice: (from, to) => items.slice(start + from, start + to) as T[],
    clear: () => {
      items = [];
      start = 0;
    },
  };
}

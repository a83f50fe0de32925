/** A first-in-first-out list with cheap ends: the taken front is dropped in blocks. */
export interface Fifo<Item> {
  items: Item[];
  /** Index of the first item that is still in. */
  head: number;
}

const BLOCK = 1_024;

export const emptyFifo = <Item>(): Fifo<Item> => ({ items: [], head: 0 });

export const sizeOf = (fifo: Fifo<unknown>): number => fifo.items.length - fifo.head;

/** Drops the first item. */
export function dropFirst(fifo: Fifo<unknown>): void {
  fifo.head++;
  if (fifo.head >= BLOCK && fifo.head * 2 >= fifo.items.length) {
    fifo.items.splice(0, fifo.head);
    fifo.head = 0;
  }
}

export const copyFifo = <Item>(fifo: Fifo<Item>): Fifo<Item> => ({ items: fifo.items.slice(), head: fifo.head });

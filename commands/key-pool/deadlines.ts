/** Things with a deadline, the earliest first at hand: a binary heap. What has left stays in it until it is dropped. */
export type Deadlines<Item extends { readonly deadline: number }> = Item[];

interface Due {
  readonly deadline: number;
}

/** Adds an item, in as many steps as the heap is high. */
export function addDeadline<Item extends Due>(heap: Deadlines<Item>, item: Item): void {
  let place = heap.length;
  while (place > 0) {
    const parent = (place - 1) >> 1;
    if (heap[parent]!.deadline <= item.deadline) break;
    heap[place] = heap[parent]!;
    place = parent;
  }
  heap[place] = item;
}

/** Drops the item with the earliest deadline, in as many steps as the heap is high. */
export function dropEarliest<Item extends Due>(heap: Deadlines<Item>): void {
  const item = heap.pop();
  if (item === undefined || heap.length === 0) return;
  let place = 0;
  for (;;) {
    let child = 2 * place + 1;
    if (child + 1 < heap.length && heap[child + 1]!.deadline < heap[child]!.deadline) child++;
    if (child >= heap.length || heap[child]!.deadline >= item.deadline) break;
    heap[place] = heap[child]!;
    place = child;
  }
  heap[place] = item;
}

/** Items whose deadline has come by `now`, in no order; looks at no others but their neighbours in the heap. */
export function* dueBy<Item extends Due>(heap: Deadlines<Item>, now: number): Generator<Item> {
  const places = [0];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const item = heap[place];
    if (!item || item.deadline > now) continue;
    yield item;
    places.push(2 * place + 1, 2 * place + 2);
  }
}

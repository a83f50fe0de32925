/**
 * A function of one item made of one of many: while a group is on its way, what comes in gathers into the next one, so
 * that a burst costs a few statements and not one each.
 * @param run answers one result for each item, in their order; when it throws, all of the group fail with that
 */
export function inGroups<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  most: number,
): (item: Item) => Promise<Result> {
  interface Waiting {
    item: Item;
    resolve(result: Result): void;
    reject(error: unknown): void;
  }
  const waiting: Waiting[] = [];
  let working = false;

  async function work(): Promise<void> {
    working = true;
    while (waiting.length > 0) {
      const group = waiting.splice(0, most);
      try {
        const results = await run(group.map(({ item }) => item));
        group.forEach(({ resolve }, index) => resolve(results[index]!));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    working = false;
  }

  return (item) => new Promise((resolve, reject) => {
    waiting.push({ item, resolve, reject });
    // Whatever asks in the same turn goes along.
    if (!working) queueMicrotask(() => void (working || work()));
  });
}

/** Counts the work that is done on a state. */
export interface Counter {
  /** Accesses to elements of its lists, maps and sets so far; a walk over one counts as many as it has elements. */
  steps: number;
}

/** Replaces the lists, maps and sets of an object, at any depth, by ones that count what is done with them. */
export function countSteps(state: object): Counter {
  const counter: Counter = { steps: 0 };
  const seen = new Map<object, object>();

  function counted(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const known = seen.get(value);
    if (known) return known;
    const twin = Array.isArray(value) ? countingList(value, counter) : value instanceof Map || value instanceof Set ? countingCollection(value, counter) : value;
    seen.set(value, twin);
    if (value instanceof Map) for (const [key, item] of [...value]) value.set(key, counted(item));
    else if (value instanceof Set) for (const item of [...value]) void (value.delete(item), value.add(counted(item)));
    else for (const key of Object.keys(value)) (value as Record<string, unknown>)[key] = counted((value as Record<string, unknown>)[key]);
    return twin;
  }

  for (const key of Object.keys(state)) (state as Record<string, unknown>)[key] = counted((state as Record<string, unknown>)[key]);
  return counter;
}

function countingList(list: unknown[], counter: Counter): unknown[] {
  return new Proxy(list, {
    get(target, name, receiver) {
      if (typeof name === 'string' && /^\d+$/.test(name)) counter.steps++;
      return Reflect.get(target, name, receiver);
    },
  });
}

const WALKS = new Set<string | symbol>(['values', 'keys', 'entries', 'forEach', Symbol.iterator]);

function countingCollection(collection: Map<unknown, unknown> | Set<unknown>, counter: Counter): object {
  return new Proxy(collection, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      counter.steps += WALKS.has(name) ? target.size : 1;
      return member.bind(target);
    },
  });
}

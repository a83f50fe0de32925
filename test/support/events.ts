import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../../src/event-store/port';

/** A complete event to append, for tests of stores and readers; `over` replaces what matters to the test. */
export function anEvent(over: Partial<Omit<NewEvent, 'metadata'>> & { metadata?: Partial<NewEvent['metadata']> } = {}): NewEvent {
  const id = over.id ?? randomUUID();
  return {
    id,
    type: over.type ?? 'Happened',
    data: over.data ?? { text: 'hello' },
    metadata: {
      $correlationId: randomUUID(),
      $causationId: randomUUID(),
      commandId: randomUUID(),
      actor: { kind: 'user', id: 'u-1' },
      tenant: 't-1',
      v: 1,
      at: '2026-01-02T03:04:05.678Z',
      prev: null,
      ...over.metadata,
    },
  };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

import { validate as isUuid } from 'uuid';
import { AppendRefused, type EventMetadata, type NewEvent } from './port';

/** A proposed event as text, the form in which stores keep it. */
export interface SerialisedEvent {
  id: string;
  type: string;
  data: string;
  metadata: string;
}

/**
 * The rules of an append that need no store. Both adapters ask here first, so that the same append is refused the same
 * way everywhere and a value that JSON cannot hold never reaches the client library, which would not survive it.
 * @throws AppendRefused
 */
export function serialise(stream: string, events: readonly NewEvent[]): SerialisedEvent[] {
  if (stream === '' || stream === '$$') throw new AppendRefused(stream, 'invalid', 'the stream needs a name');
  if (events.length === 0) throw new AppendRefused(stream, 'invalid', 'an append needs events');
  return events.map(({ id, type, data, metadata }) => {
    if (!isUuid(id)) throw new AppendRefused(stream, 'invalid', `the event id ${id} is not a UUID`);
    if (type === '') throw new AppendRefused(stream, 'invalid', 'an event needs a type');
    return { id, type, data: toJson(stream, data), metadata: toJson(stream, metadata) };
  });
}

function toJson(stream: string, value: Record<string, unknown> | EventMetadata): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new AppendRefused(stream, 'invalid', `an event is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Bytes of an append as EventStoreDB counts them: data, metadata and twice the characters of the type. */
export function appendSize(events: readonly SerialisedEvent[]): number {
  return events.reduce((sum, { type, data, metadata }) => sum + Buffer.byteLength(data) + Buffer.byteLength(metadata) + 2 * type.length, 0);
}

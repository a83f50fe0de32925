import type { z } from 'zod';

/**
 * One event type: its newest version, the schema of that version, and the way there from every older version.
 * `upcasts[n]` turns the data of version n into that of n+1.
 */
export interface EventDefinition<Data = unknown> {
  version: number;
  schema: z.ZodType<Data>;
  upcasts: Readonly<Record<number, (data: any) => any>>;
}

export type EventDefinitions = Readonly<Record<string, EventDefinition>>;

/** The union of plain `{ type, data }` objects that a set of definitions describes. */
export type EventOf<Definitions extends EventDefinitions> = {
  [Type in keyof Definitions & string]: { type: Type; data: Definitions[Type] extends EventDefinition<infer Data> ? Data : never };
}[keyof Definitions & string];

/** A decided or decoded event: plain data, no behaviour. */
export interface PlainEvent {
  type: string;
  data: unknown;
}

/** Declares version 1 of an event. */
export function event<Data>(schema: z.ZodType<Data>): EventDefinition<Data> {
  return { version: 1, schema, upcasts: {} };
}

/** Declares a later version of an event together with the functions that lift every older one, one step each. */
export function evolvedEvent<Data>(version: number, schema: z.ZodType<Data>, upcasts: Record<number, (data: any) => any>): EventDefinition<Data> {
  for (let from = 1; from < version; from++) {
    if (!upcasts[from]) throw new Error(`An event of version ${version} needs an upcast from version ${from}`);
  }
  return { version, schema, upcasts };
}

/** A stored event that this build does not know, or knows only in older versions. */
export class UndecodableEvent extends Error {
  constructor(readonly eventType: string, readonly version: number, reason: string) {
    super(`Event ${eventType} v${version}: ${reason}`);
    this.name = 'UndecodableEvent';
  }
}

/**
 * Lifts stored data to the newest version and checks it.
 * @returns the event, or undefined when the type is not among `definitions`
 * @throws UndecodableEvent when the version is newer than this build or the data does not fit
 */
export function decodeEvent<Definitions extends EventDefinitions>(
  definitions: Definitions,
  stored: { type: string; data: unknown; metadata: { v: number } },
): EventOf<Definitions> | undefined {
  const definition = Object.hasOwn(definitions, stored.type) ? definitions[stored.type] : undefined;
  if (!definition) return undefined;
  const { v } = stored.metadata;
  if (v > definition.version) throw new UndecodableEvent(stored.type, v, `newer schema, this build knows up to ${definition.version}`);
  let data: unknown = stored.data;
  for (let version = v; version < definition.version; version++) data = definition.upcasts[version]!(data);
  const parsed = definition.schema.safeParse(data);
  if (!parsed.success) throw new UndecodableEvent(stored.type, v, parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
  return { type: stored.type, data: parsed.data } as EventOf<Definitions>;
}

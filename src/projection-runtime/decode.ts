import { decodeEvent, type EventDefinition, type EventDefinitions, type EventOf, type PlainEvent } from '../../schema/define-events';
import type { RecordedEvent } from '../event-store/port';
import { isSealed, type Sealed, type Vault } from '../vault/port';
import type { Open, Projected } from './projector';

/** The vault as projections need it. */
export type Opener = Pick<Vault, 'open'>;

/** Several projectors know the same event; each event is checked once for each definition. */
const decodedBefore = new WeakMap<RecordedEvent, { definition: EventDefinition; event: PlainEvent }>();

/** The event as its newest version says it. @throws UndecodableEvent */
export function decode<Definitions extends EventDefinitions>(
  definitions: Definitions,
  event: RecordedEvent,
): Projected<EventOf<Definitions>> {
  const definition = definitions[event.type]!;
  const before = decodedBefore.get(event);
  if (before?.definition === definition) return before.event as Projected<EventOf<Definitions>>;
  const decoded: Projected<PlainEvent> = { ...decodeEvent(definitions, event)!, at: event };
  decodedBefore.set(event, { definition, event: decoded });
  return decoded as Projected<EventOf<Definitions>>;
}

/**
 * Opens every sealed text of these events, one vault call for each tenant.
 * @throws whatever the vault throws when it cannot tell whether a key is missing or erased
 */
export async function openSealed(events: readonly Projected<PlainEvent>[], vault: Opener): Promise<Open> {
  const found = new Map<string, Map<string, Sealed>>();
  for (const event of events) {
    const { tenant } = event.at.metadata;
    visitSealed(event.data, (sealed) => {
      const ofTenant = found.get(tenant) ?? new Map<string, Sealed>();
      found.set(tenant, ofTenant.set(idOf(sealed), sealed));
    });
  }
  const texts = new Map<string, string | null>();
  for (const [tenant, sealed] of found) {
    const opened = await vault.open(tenant, [...sealed.values()]);
    [...sealed.keys()].forEach((id, index) => texts.set(id, opened[index]!));
  }
  return (sealed) => {
    const text = texts.get(idOf(sealed));
    if (text === undefined) throw new Error('A projector asked for a sealed text that is not in the events it was given');
    return text;
  };
}

function visitSealed(value: unknown, visit: (sealed: Sealed) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (isSealed(value)) visit(value);
  else for (const inner of Object.values(value)) visitSealed(inner, visit);
}

function idOf({ keyId, nonce, tag }: Sealed): string {
  return `${keyId} ${nonce} ${tag}`;
}

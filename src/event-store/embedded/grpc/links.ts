import { TOMBSTONE, type StoredEvent } from '../log/event';
import type { Log } from '../log/log';
import { firstVisible, oldestVisible } from '../log/stream-metadata';
import type { StreamRevision } from '../storage/port';
import type { ResolvedEvent } from './encode-event';

/** Event type of a link; its data is `revision@stream`. */
const LINK_TYPE = '$>';

/** Targets fetched at a time, which bounds the memory that large targets take. */
const TARGETS = 50;

/** Replaces links by what they point at. A target that cannot be read (any more) leaves only the link. */
export async function* resolveLinks(log: Log, events: readonly StoredEvent[]): AsyncGenerator<ResolvedEvent[], void, void> {
  for (let at = 0; at < events.length; at += TARGETS) {
    const some = events.slice(at, at + TARGETS);
    const targets = await readTargets(log, some.map(targetOf).filter((target) => target !== undefined));
    yield some.map((event) => {
      if (event.type !== LINK_TYPE) return { event };
      const target = targetOf(event);
      return { event: target && targets.get(placeKey(target)), link: event };
    });
  }
}

function targetOf({ type, data }: StoredEvent): StreamRevision | undefined {
  if (type !== LINK_TYPE) return undefined;
  const [, revision, stream] = /^(\d{1,15})@(.+)$/s.exec(data.toString('utf8')) ?? [];
  return stream === undefined ? undefined : { stream, revision: Number(revision) };
}

async function readTargets(log: Log, places: readonly StreamRevision[]): Promise<Map<string, StoredEvent>> {
  const views = await log.views(places.map(({ stream }) => stream));
  const now = Date.now();
  const isVisible = ({ stream, revision, created }: StreamRevision & { created?: number }): boolean => {
    const { state, last, metadata } = views.get(stream)!;
    if (state !== 'there' || revision < firstVisible(last, metadata) || revision >= TOMBSTONE) return false;
    return created === undefined || created >= oldestVisible(metadata, now);
  };
  const found = await log.readEvents(places.filter(isVisible));
  return new Map(found.filter(isVisible).map((event) => [placeKey(event), event]));
}

function placeKey({ stream, revision }: StreamRevision): string {
  return `${revision}@${stream}`;
}

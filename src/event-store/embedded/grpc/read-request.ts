import { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import type { Direction } from '../storage/port';
import { streamName, uint64 } from './append-request';
import { invalidArgument } from './errors';
import { compileFilter, type EventFilter } from './filter';

/** A read or a subscription, understood. */
export interface ReadRequest {
  /** undefined reads `$all`. */
  stream: string | undefined;
  from: number | 'start' | 'end';
  direction: Direction;
  /** Most events to answer, or an open-ended subscription. */
  count: number | 'subscription';
  resolveLinks: boolean;
  filter: EventFilter | undefined;
  /** Event ids as two 64-bit numbers instead of a text. */
  structuredIds: boolean;
  /** From 1 on the client understands `first_stream_position` and `last_stream_position`. */
  compatibility: number;
}

/** @throws CallError INVALID_ARGUMENT saying what makes no sense */
export function readRequest(message: ReadReq): ReadRequest {
  const options = message.getOptions();
  if (!options) throw invalidArgument('A read must carry its options.');
  const ofStream = options.getStream();
  const ofAll = options.getAll();
  if (!ofStream && !ofAll) throw invalidArgument('A read must name a stream or $all.');
  const direction = options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS ? 'backwards' : 'forwards';
  const count = options.hasSubscription() ? 'subscription' : Number(options.getCount());
  if (count === 'subscription' && direction === 'backwards') throw invalidArgument('A subscription cannot read backwards.');
  const filter = options.getFilter();
  if (filter && ofStream) throw invalidArgument('Only $all can be filtered.');
  return {
    stream: ofStream && streamName(ofStream.getStreamIdentifier()),
    from: ofStream ? streamStart(ofStream) : allStart(ofAll!),
    direction,
    count,
    resolveLinks: options.getResolveLinks(),
    filter: filter && compileFilter(filter),
    structuredIds: options.getUuidOption()?.hasStructured() ?? false,
    compatibility: options.getControlOption()?.getCompatibility() ?? 0,
  };
}

/** 2^64-1, which is how the protocol writes "the end" where it has only a number. */
const END = String(2n ** 64n - 1n);

function streamStart(options: ReadReq.Options.StreamOptions): ReadRequest['from'] {
  if (options.hasRevision()) return placeOf(options.getRevision());
  return options.hasEnd() ? 'end' : 'start';
}

function allStart(options: ReadReq.Options.AllOptions): ReadRequest['from'] {
  const position = options.getPosition();
  if (!position) return options.hasEnd() ? 'end' : 'start';
  if (BigInt(position.getCommitPosition()) < BigInt(position.getPreparePosition())) {
    throw invalidArgument('The commit position of a position must not be less than its prepare position.');
  }
  return placeOf(position.getCommitPosition());
}

function placeOf(text: string): number | 'end' {
  return text === END ? 'end' : uint64(text);
}

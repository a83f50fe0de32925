import type { Duplex } from 'node:stream';

/** A call of grpc-js as the client library holds it. */
type Call = Duplex & { cancel(): void };

/** How the client library opens its calls: a method of every client, protected in its types. */
interface CallCreator {
  GRPCStreamCreator(service: unknown, name: string, open: (grpc: unknown) => Call, cache?: unknown): () => Promise<Call>;
}

/**
 * Mends faults of `@eventstore/db-client` 6.2.1 in the calls it opens.
 * @param report told of answers that nobody waited for
 */
export function mendClient(client: object, report: (trouble: unknown) => void): void {
  const inner = client as CallCreator;
  const create = inner.GRPCStreamCreator;
  inner.GRPCStreamCreator = (service, name, open, cache) =>
    create(service, name, (grpc) => mendCancelling(name === 'appendToStream' ? mendAppending(open(grpc), report) : open(grpc)), cache);
}

/**
 * The one call that carries all appends. Either fault would end the process when a connection breaks at the wrong moment:
 * - messages past the call's high-water mark wait in a queue of the library, and each is rejected into nowhere when the
 *   call breaks. So `write` never asks to wait; the caller bounds what is on the way.
 * - an answer to an append that was given up when another call broke throws, because nobody waits for it any more.
 */
function mendAppending(call: Call, report: (trouble: unknown) => void): Call {
  const write = call.write.bind(call);
  const emit = call.emit.bind(call);
  call.write = (message: unknown) => {
    write(message);
    return true;
  };
  call.emit = (event: string | symbol, ...values: unknown[]) => {
    if (event !== 'data') return emit(event, ...values);
    try {
      return emit(event, ...values);
    } catch (error) {
      report(error);
      return true;
    }
  };
  return call;
}

/** A read that the server has finished but nobody reads to its end would stay on the client's list for ever. */
function mendCancelling(call: Call): Call {
  const cancel = call.cancel.bind(call);
  call.cancel = () => {
    cancel();
    call.destroy();
  };
  return call;
}

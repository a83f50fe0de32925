import type {
  handleBidiStreamingCall, handleClientStreamingCall, handleServerStreamingCall, handleUnaryCall, MethodDefinition,
} from '@grpc/grpc-js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import type {
  AppendReq, AppendResp, BatchAppendReq, DeleteReq, DeleteResp, ReadReq, TombstoneReq, TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb';
import { append, softDelete, tombstone } from './append';
import type { Authenticate } from './authentication';
import { batchAppend } from './batch-append';
import { statusOf } from './errors';
import { read } from './read';
import type { ServiceContext } from './service-context';

/** The client package's definition, but reads and batch appends are answered with bytes that are already encoded. */
export const streamsDefinition = {
  ...StreamsService,
  read: encoded(StreamsService.read),
  batchAppend: encoded(StreamsService.batchAppend),
};

/** A type and not an interface: gRPC takes services as index signatures. */
type StreamsImplementation = {
  read: handleServerStreamingCall<ReadReq, Uint8Array>;
  append: handleClientStreamingCall<AppendReq, AppendResp>;
  batchAppend: handleBidiStreamingCall<BatchAppendReq, Uint8Array>;
  delete: handleUnaryCall<DeleteReq, DeleteResp>;
  tombstone: handleUnaryCall<TombstoneReq, TombstoneResp>;
};

/** The Streams service; every call is authenticated first. */
export function streamsService(context: ServiceContext, authenticate: Authenticate): StreamsImplementation {
  return {
    read: (call) => {
      const refusal = refuse(() => authenticate(call.metadata));
      if (refusal) call.emit('error', refusal);
      else read(context, call);
    },
    batchAppend: (call) => {
      const refusal = refuse(() => authenticate(call.metadata));
      if (refusal) call.emit('error', refusal);
      else batchAppend(context, call);
    },
    append: (call, reply) => {
      const refusal = refuse(() => authenticate(call.metadata));
      if (refusal) reply(refusal);
      else append(context, call, reply);
    },
    delete: (call, reply) => {
      const refusal = refuse(() => authenticate(call.metadata));
      if (refusal) reply(refusal);
      else softDelete(context, call, reply);
    },
    tombstone: (call, reply) => {
      const refusal = refuse(() => authenticate(call.metadata));
      if (refusal) reply(refusal);
      else tombstone(context, call, reply);
    },
  };
}

function refuse(authenticate: () => void): ReturnType<typeof statusOf> | undefined {
  try {
    authenticate();
    return undefined;
  } catch (error) {
    return statusOf(error);
  }
}

function encoded<Request, Response>(method: MethodDefinition<Request, Response>): MethodDefinition<Request, Uint8Array> {
  return {
    ...method,
    responseSerialize: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    responseDeserialize: (bytes) => bytes,
  };
}

import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import { NO_EVENTS, TOMBSTONE, type Expected } from '../log/event';

/** A definite refusal on its way to the caller: the status code and the trailers that the official clients read. */
export class CallError extends Error {
  constructor(readonly code: status, message: string, readonly trailers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'CallError';
  }
}

/** What gRPC sends for an error. What is not a refusal counts as unavailable: the caller may try again. */
export function statusOf(error: unknown): StatusObject {
  const { code, message, trailers } = error instanceof CallError ? error : unavailable('The event store cannot answer now.');
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, headerSafe(value));
  return { code, details: message, metadata };
}

export function streamDeleted(stream: string): CallError {
  const trailers = { exception: 'stream-deleted', 'stream-name': stream };
  return new CallError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, trailers);
}

export function wrongExpectedVersion(stream: string, expected: Expected, current: number): CallError {
  const wanted = String(expectedNumber(expected));
  const actual: Record<string, string> = current === NO_EVENTS ? {} : { 'actual-version': String(current) };
  const trailers = { exception: 'wrong-expected-version', 'stream-name': stream, 'expected-version': wanted, ...actual };
  const message = `Append failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${wanted}, Actual version: ${current}`;
  return new CallError(status.FAILED_PRECONDITION, message, trailers);
}

export function appendTooLarge(limit: number): CallError {
  const trailers = { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(limit) };
  return new CallError(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, trailers);
}

/** @param property `type` or `content-type` */
export function missingMetadata(property: string): CallError {
  return new CallError(status.INVALID_ARGUMENT, `Required Metadata Property '${property}' is missing.`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });
}

export function invalidArgument(message: string): CallError {
  return new CallError(status.INVALID_ARGUMENT, message);
}

/** The write may have happened or not. */
export function writeTimeout(): CallError {
  return new CallError(status.ABORTED, 'The operation timed out.');
}

export function unavailable(message: string): CallError {
  return new CallError(status.UNAVAILABLE, message);
}

/** The protocol's numbers for what an append may expect. */
export function expectedNumber(expected: Expected): number {
  switch (expected) {
    case 'any': return -2;
    case 'no_stream': return -1;
    case 'stream_exists': return -4;
    default: return Math.min(expected, TOMBSTONE);
  }
}

/** gRPC allows printable ASCII in headers and trailers, nothing else. */
function headerSafe(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value);
}

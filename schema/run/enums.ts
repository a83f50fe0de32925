import { registerEnumType } from 'type-graphql';

export enum RunKind {
  CHAT = 'chat',
  IMAGE = 'image',
  VIDEO = 'video',
  CODE = 'code',
}
registerEnumType(RunKind, {
  name: 'RunKind',
  description: 'What kind of AI work a run is.',
  valuesConfig: {
    CHAT: { description: 'An answer in a chat.' },
    IMAGE: { description: 'An image.' },
    VIDEO: { description: 'A video.' },
    CODE: { description: 'Program code.' },
  },
});

export enum RunState {
  REQUESTED = 'requested',
  QUEUED = 'queued',
  LEASED = 'leased',
  SUBMITTED = 'submitted',
  POLLING = 'polling',
  SUCCEEDED = 'succeeded',
  FAILED = 'failed',
  TIMED_OUT = 'timed_out',
  CANCELLED = 'cancelled',
  REJECTED = 'rejected',
}
registerEnumType(RunState, {
  name: 'RunState',
  description: 'How far a run has come.',
  valuesConfig: {
    REQUESTED: { description: 'Asked for.' },
    QUEUED: { description: 'Waits for a provider key.' },
    LEASED: { description: 'Has a provider key.' },
    SUBMITTED: { description: 'The provider is at work.' },
    POLLING: { description: 'The provider is asked for the outcome from time to time.' },
    SUCCEEDED: { description: 'Done.' },
    FAILED: { description: 'Ended without a result; `failure` says why.' },
    TIMED_OUT: { description: 'The provider did not answer in time.' },
    CANCELLED: { description: 'Stopped by whoever asked for it.' },
    REJECTED: { description: 'A rule did not let it begin.' },
  },
});

export enum Operation {
  LEGNEXT_DIFFUSION = 'legnext_diffusion',
  KLING_IMAGE = 'kling_image',
  KLING_TEXT_TO_VIDEO = 'kling_text_to_video',
  KLING_IMAGE_TO_VIDEO = 'kling_image_to_video',
}
registerEnumType(Operation, {
  name: 'Operation',
  description: 'What a generation does, and with which vendor.',
  valuesConfig: {
    LEGNEXT_DIFFUSION: { description: 'Images by Midjourney, through LegNext.' },
    KLING_IMAGE: { description: 'Images by Kling.' },
    KLING_TEXT_TO_VIDEO: { description: 'A video by Kling, from words.' },
    KLING_IMAGE_TO_VIDEO: { description: 'A video by Kling, from a picture.' },
  },
});

export enum Scenario {
  SUCCESS = 'success',
  FAILED_402 = 'failed_402',
  FAILED_401 = 'failed_401',
  FAILED_429 = 'failed_429',
  SERVER_500 = 'server_500',
  TIMEOUT = 'timeout',
}
registerEnumType(Scenario, {
  name: 'Scenario',
  description: 'How the simulated vendor behaves towards one run.',
  valuesConfig: {
    SUCCESS: { description: 'It makes what was asked for.' },
    FAILED_402: { description: 'It says that the account has no credit left.' },
    FAILED_401: { description: 'It does not know the key.' },
    FAILED_429: { description: 'It says that there are too many requests.' },
    SERVER_500: { description: 'It fails by itself.' },
    TIMEOUT: { description: 'It never comes to an end.' },
  },
});

export enum FailureCategory {
  QUOTA = 'quota',
  AUTHENTICATION = 'authentication',
  RATE_LIMIT = 'rate_limit',
  SERVER_ERROR = 'server_error',
  CONTENT_POLICY = 'content_policy',
  PARAMETERS = 'parameters',
  NETWORK = 'network',
  TIMEOUT = 'timeout',
  INTERRUPTED = 'interrupted',
  UNKNOWN = 'unknown',
}
registerEnumType(FailureCategory, {
  name: 'FailureCategory',
  description: 'What kind of failure it is, found from the answer of the vendor.',
  valuesConfig: {
    QUOTA: { description: 'The account with the vendor has no credit left.' },
    AUTHENTICATION: { description: 'The vendor does not accept the key.' },
    RATE_LIMIT: { description: 'Too many requests at the vendor.' },
    SERVER_ERROR: { description: 'The vendor failed by itself.' },
    CONTENT_POLICY: { description: 'The vendor does not want to make this.' },
    PARAMETERS: { description: 'The vendor does not understand the parameters.' },
    NETWORK: { description: 'The vendor could not be reached, or the connection broke.' },
    TIMEOUT: { description: 'No outcome came in time.' },
    INTERRUPTED: { description: 'The provider key was taken away, or the server ended, before the vendor had answered.' },
    UNKNOWN: { description: 'None of these.' },
  },
});

export enum RunOutputKind {
  IMAGE = 'image',
  VIDEO = 'video',
}
registerEnumType(RunOutputKind, {
  name: 'RunOutputKind',
  description: 'What kind of file a run made.',
  valuesConfig: { IMAGE: { description: 'A picture.' }, VIDEO: { description: 'A video.' } },
});

export enum RunStage {
  START = 'start',
  ACQUIRE_LEASE = 'acquire_lease',
  WAITING_TURN = 'waiting_turn',
  WAITING_KEY = 'waiting_key',
  WAITING_RPM = 'waiting_rpm',
  LEASE_ACQUIRED = 'lease_acquired',
  SUBMITTING = 'submitting',
  SUBMITTED = 'submitted',
  POLLING = 'polling',
  COMPLETED = 'completed',
  FAILED = 'failed',
  TIMED_OUT = 'timed_out',
  CANCELLED = 'cancelled',
  REJECTED = 'rejected',
  RETRY = 'retry',
  WATCH = 'watch',
  DIAGNOSED = 'diagnosed',
}
registerEnumType(RunStage, {
  name: 'RunStage',
  description: 'One stage in the life of a run. The waiting stages are told while they last and not kept, the others are kept.',
  valuesConfig: {
    START: { description: 'It was asked for.' },
    ACQUIRE_LEASE: { description: 'It may begin, and asks for a provider key.' },
    WAITING_TURN: { description: 'Others who may use the same keys came first.' },
    WAITING_KEY: { description: 'No key has a free place; `reason` says more.' },
    WAITING_RPM: { description: 'The keys have used up their rate.' },
    LEASE_ACQUIRED: { description: 'It has a provider key.' },
    SUBMITTING: { description: 'It is on its way to the vendor.' },
    SUBMITTED: { description: 'The vendor has taken it.' },
    POLLING: { description: 'The vendor is asked for the outcome; `vendorStatus` is what it says.' },
    COMPLETED: { description: 'Done.' },
    FAILED: { description: 'It failed.' },
    TIMED_OUT: { description: 'No outcome came in time.' },
    CANCELLED: { description: 'Somebody stopped it.' },
    REJECTED: { description: 'A rule did not let it begin.' },
    RETRY: { description: 'Once more, as a new attempt.' },
    WATCH: { description: 'The outcome is looked for again.' },
    DIAGNOSED: { description: 'A model has said why it failed.' },
  },
});

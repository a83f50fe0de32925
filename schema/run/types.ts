import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { changeOf } from '../../src/graphql/change';
import { connectionOf } from '../../src/graphql/connection';
import { Node } from '../../src/graphql/node';
import { MutationPayload } from '../../src/graphql/payload';
import { Policy } from '../../src/graphql/policy';
import { DateTime, JSONValue } from '../../src/graphql/scalars';
import type { ErrorCode } from '../errors/catalogue';
import { errorCodes } from '../errors/types';
import { WaitReason } from '../key-pool/types';

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

@ObjectType({ description: 'What the vendor counted for a run.' })
export class RunUsage {
  @Field(() => String, { description: 'What it counts, for example points.' })
  unit!: string;

  @Field(() => Float, { description: 'How many.' })
  amount!: number;
}

@ObjectType({ description: 'A file that a run made.' })
export class RunOutput {
  @Field(() => ID, { description: 'Names the file, also as the picture of a further run.' })
  id!: string;

  @Field(() => RunOutputKind, { description: 'What kind of file.' })
  kind!: RunOutputKind;

  @Field(() => String, { description: 'Media type, found from the file itself.' })
  contentType!: string;

  @Field(() => Int, { description: 'Size in bytes; 0 when it could not be fetched.' })
  bytes!: number;

  @Field(() => Int, { nullable: true, description: 'Width in pixels; null when it is not known.' })
  width!: number | null;

  @Field(() => Int, { nullable: true, description: 'Height in pixels; null when it is not known.' })
  height!: number | null;

  @Field(() => Int, { nullable: true, description: 'Milliseconds of a video; null when that is not known.' })
  durationMs!: number | null;

  @Field(() => String, { nullable: true, description: 'Path of the stored copy on this server; null when it could not be fetched.' })
  url!: string | null;

  @Field(() => String, { nullable: true, description: 'Path of a small picture of it; null when there is none.' })
  thumbnailUrl!: string | null;
}

@ObjectType({ description: 'One stage of a run.' })
export class RunStep {
  @Field(() => RunStage, { description: 'Which stage.' })
  stage!: RunStage;

  @Field(() => Int, { description: 'Which attempt it belongs to, from 1.' })
  attempt!: number;

  @Field(() => DateTime, { description: 'When it began.' })
  at!: Date;

  @Field(() => Int, { nullable: true, description: 'Place in the queue, from 1; null outside of it.' })
  position!: number | null;

  @Field(() => WaitReason, { nullable: true, description: 'Why it waits; null outside of the queue.' })
  reason!: WaitReason | null;

  @Field(() => Int, { nullable: true, description: 'Milliseconds until a rate window reopens; null when only a release can help.' })
  retryAfterMs!: number | null;

  @Field(() => Int, { nullable: true, description: 'About how long it will still wait, in milliseconds; null when that is not known.' })
  estimatedWaitMs!: number | null;

  @Field(() => String, { nullable: true, description: 'Name of the provider key that it got.' })
  keyName!: string | null;

  @Field(() => String, { nullable: true, description: 'The vendor\'s id of the work.' })
  jobId!: string | null;

  @Field(() => String, { nullable: true, description: 'How the vendor calls the state of the work.' })
  vendorStatus!: string | null;

  @Field(() => Int, { nullable: true, description: 'HTTP status of the vendor\'s answer; -1 when none came.' })
  httpStatus!: number | null;
}

@ObjectType({ description: 'What was said to the vendor and what it answered, with every secret taken out.' })
export class RunExchange {
  @Field(() => String, { nullable: true, description: 'Where it was sent to, below the vendor\'s address; null before that.' })
  endpoint!: string | null;

  @Field(() => JSONValue, { nullable: true, description: 'What was asked for; null once it was erased.' })
  parameters!: unknown;

  @Field(() => JSONValue, { nullable: true, description: 'What was sent; null before that, and once it was erased.' })
  request!: unknown;

  @Field(() => JSONValue, { nullable: true, description: 'The vendor\'s last answer; null before that, and once it was erased.' })
  response!: unknown;
}

@ObjectType({ description: 'Why a run failed, and what to do.' })
export class Diagnosis {
  @Field(() => FailureCategory, { description: 'What kind of failure, found from the answer of the vendor.' })
  category!: FailureCategory;

  @Field(() => String, { description: 'What happened, in a sentence or two.' })
  summary!: string;

  @Field(() => [String], { description: 'What it may come from, likeliest first.' })
  likelyCauses!: readonly string[];

  @Field(() => [String], { description: 'What to do about it.' })
  recommendedFixes!: readonly string[];

  @Field(() => [String], { description: 'What to look at next.' })
  nextChecks!: readonly string[];

  @Field(() => String, { nullable: true, description: 'Model that wrote it; null when it comes from the category alone.' })
  model!: string | null;
}

@ObjectType({ implements: Node, description: 'One piece of AI work, of any kind.' })
export class Run extends Node {
  /** Not shown by itself: the relation `requestedBy` uses it. */
  requestedById!: string;

  /** Not shown by itself: where in the log it last changed. */
  position!: bigint;

  /** Not shown by itself: whether the vendor is asked for the outcome without being told to; null for other kinds than generations. */
  autoPoll!: boolean | null;

  /** Not shown by itself: whether somebody wants its outcome looked for again. */
  watched!: boolean;

  @Field(() => RunKind, { description: 'What kind of work.' })
  kind!: RunKind;

  @Field(() => RunState, { description: 'How far it has come.' })
  state!: RunState;

  @Field(() => String, { description: 'Model that does it.' })
  model!: string;

  @Field(() => String, { description: 'Provider of the model.' })
  provider!: string;

  @Field(() => Boolean, { description: 'Whether the built-in simulation plays the provider.' })
  simulated!: boolean;

  @Field(() => Int, { nullable: true, description: 'Tokens the model read; null while running or when the provider did not say.' })
  promptTokens!: number | null;

  @Field(() => Int, { nullable: true, description: 'Tokens the model wrote; null while running or when the provider did not say.' })
  completionTokens!: number | null;

  @Field(() => String, { nullable: true, description: 'US dollars, a decimal; null when the price is not known.' })
  cost!: string | null;

  @Field(() => Int, { nullable: true, description: 'Milliseconds from the request to the end; null while running.' })
  durationMs!: number | null;

  @Field(() => String, { nullable: true, description: 'Why it failed, safe to show.' })
  failure!: string | null;

  @Field(() => errorCodes, { nullable: true, description: 'Code of the failure.' })
  failureCode!: ErrorCode | null;

  @Field(() => Int, { description: 'How often it was started, from 0; of a generation, which attempt it is, from 1.' })
  attempt!: number;

  @Field(() => Operation, { nullable: true, description: 'What a generation does; null for other kinds.' })
  operation!: Operation | null;

  @Field(() => String, { nullable: true, description: 'Key pool that serves it; null for other kinds.' })
  pool!: string | null;

  @Field(() => Scenario, { nullable: true, description: 'How the simulated vendor behaves; null when a real one does the work.' })
  scenario!: Scenario | null;

  @Field(() => String, {
    nullable: true,
    description: 'What was asked for, in one line of at most 500 characters; null for other kinds, and once it was erased.',
  })
  prompt!: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the provider key that serves it, once there is one.' })
  keyName!: string | null;

  @Field(() => String, { nullable: true, description: 'The vendor\'s id of the work, once it has taken it.' })
  jobId!: string | null;

  @Field(() => String, { nullable: true, description: 'How the vendor calls the state of the work.' })
  vendorStatus!: string | null;

  @Field(() => Int, { nullable: true, description: 'HTTP status of the vendor\'s last answer; -1 when none came.' })
  httpStatus!: number | null;

  @Field(() => FailureCategory, { nullable: true, description: 'What kind of failure; null unless a generation failed.' })
  failureCategory!: FailureCategory | null;

  @Field(() => RunUsage, { nullable: true, description: 'What the vendor counted; null when it did not say.' })
  usage!: RunUsage | null;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it last changed.' })
  updatedAt!: Date;

  @Field(() => String, { description: 'Number of changes so far, from 0.' })
  revision!: string;
}

export const { Connection: RunConnection, Edge: RunEdge } = connectionOf(Run);
export const RunChange = changeOf(Run, 'RunChange');

@ObjectType({ description: 'One stage of a run on its way.' })
export class RunProgress {
  @Field(() => String, { description: 'Pass it as `after` to continue behind this item; the same for waiting stages, which are not kept.' })
  cursor!: string;

  @Field(() => RunStep, { description: 'The stage.' })
  step!: RunStep;

  @Field(() => Run, { description: 'The run as it is now.' })
  @Policy('runs:read')
  run!: Run;
}

@ObjectType({ description: 'How much AI work may go on at once, and how much does.' })
export class Concurrency {
  @Field(() => Int, { description: 'Most runs of one person at once.' })
  userLimit!: number;

  @Field(() => Int, { description: 'Most runs of everybody on this server at once.' })
  globalLimit!: number;

  @Field(() => Int, { description: 'Your own that go on now.' })
  mine!: number;

  @Field(() => Int, { description: 'All that go on now.' })
  total!: number;
}

@ObjectType({
  implements: MutationPayload,
  description: 'Answer of `startRun`. `run` is set even when it was rejected, beside the error that says which rule refused.',
})
export class StartRunPayload extends MutationPayload {
  @Field(() => Run, { nullable: true, description: 'The new run.' })
  run!: Run | null;
}

/** What mutations answer that do something with one run; each has a payload of its own name. */
@ObjectType({ implements: MutationPayload })
class RunPayload extends MutationPayload {
  @Field(() => Run, { nullable: true, description: 'The run.' })
  run!: Run | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `cancelRun`.' })
export class CancelRunPayload extends RunPayload {}

@ObjectType({ implements: MutationPayload, description: 'Answer of `retryRun`.' })
export class RetryRunPayload extends RunPayload {}

@ObjectType({ implements: MutationPayload, description: 'Answer of `watchRun`.' })
export class WatchRunPayload extends RunPayload {}

@ObjectType({ implements: MutationPayload, description: 'Answer of `clearConcurrencySlots`.' })
export class ClearConcurrencySlotsPayload extends MutationPayload {
  @Field(() => [Run], { nullable: true, description: 'Runs that were stopped.' })
  runs!: Run[] | null;

  @Field(() => Concurrency, { nullable: true, description: 'How much goes on now.' })
  concurrency!: Concurrency | null;
}

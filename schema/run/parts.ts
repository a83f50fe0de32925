import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { DateTime, JSONValue } from '../../src/graphql/scalars';
import { WaitReason } from '../key-pool/types';
import { FailureCategory, RunOutputKind, RunStage } from './enums';

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

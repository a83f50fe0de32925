import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsInt, Matches, Max, Min } from 'class-validator';
import { Field, InputType, Int, registerEnumType } from 'type-graphql';
import { OrderDirection } from '../../src/graphql/connection';
import { MutationInput } from '../../src/graphql/input';
import { PROVIDER } from '../key-pool/specification';
import { LoadTestState } from './types';

export const DEFAULT_BURSTS = [5, 10, 15];
export const DEFAULT_MIN_HOLD_MS = 100;
export const DEFAULT_MAX_HOLD_MS = 500;
const MOST_POOLS = 10;
const MOST_BURSTS = 10;
const LARGEST_BURST = 200;
const LONGEST_HOLD_MS = 10_000;

@InputType({ description: 'Which pools to ask, how hard, and how long to hold what they give.' })
export class StartLoadTestInput extends MutationInput {
  @Field(() => [String], { description: 'The pools, 1 to 10; the simulated ones need no vendor.' })
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_POOLS)
  @ArrayUnique()
  @Matches(PROVIDER, { each: true })
  providers!: string[];

  @Field(() => [Int], {
    nullable: true, defaultValue: DEFAULT_BURSTS, description: 'Requests at once, one burst after the other: 1 to 10 bursts of 1 to 200 requests.',
  })
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_BURSTS)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(LARGEST_BURST, { each: true })
  bursts?: number[] | null;

  @Field(() => Int, { nullable: true, defaultValue: DEFAULT_MIN_HOLD_MS, description: 'Hold each lease at least so long, in milliseconds, 0 to 10,000.' })
  @IsInt()
  @Min(0)
  @Max(LONGEST_HOLD_MS)
  minHoldMs?: number | null;

  @Field(() => Int, { nullable: true, defaultValue: DEFAULT_MAX_HOLD_MS, description: 'Hold each lease at most so long, in milliseconds, 0 to 10,000.' })
  @IsInt()
  @Min(0)
  @Max(LONGEST_HOLD_MS)
  maxHoldMs?: number | null;
}

@InputType({ description: 'Which load tests to list; all that is given must hold.' })
export class LoadTestFilter {
  @Field(() => [LoadTestState], { nullable: true, description: 'One of these states.' })
  state?: LoadTestState[] | null;
}

export enum LoadTestOrderField {
  CREATED_AT = 'created_at',
}
registerEnumType(LoadTestOrderField, {
  name: 'LoadTestOrderField',
  description: 'What load tests are ordered by.',
  valuesConfig: { CREATED_AT: { description: 'When it was asked for.' } },
});

@InputType({ description: 'Order of a list of load tests.' })
export class LoadTestOrder {
  @Field(() => LoadTestOrderField, { description: 'What to order by.' })
  field!: LoadTestOrderField;

  @Field(() => OrderDirection, { description: 'Which end comes first.' })
  direction!: OrderDirection;
}

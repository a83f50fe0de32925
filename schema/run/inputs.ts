import { MaxLength } from 'class-validator';
import { Field, ID, InputType, registerEnumType } from 'type-graphql';
import { OrderDirection } from '../../src/graphql/connection';
import { RunKind, RunState } from './types';

@InputType({ description: 'Which runs to list; all that is given must hold.' })
export class RunFilter {
  @Field(() => [RunKind], { nullable: true, description: 'One of these kinds.' })
  kind?: RunKind[] | null;

  @Field(() => [RunState], { nullable: true, description: 'One of these states.' })
  state?: RunState[] | null;

  @Field(() => ID, { nullable: true, description: 'The user who asked for them.' })
  requestedBy?: string | null;

  @Field(() => String, { nullable: true, description: 'Text contained in the name of the model or provider.' })
  @MaxLength(200)
  search?: string | null;
}

export enum RunOrderField {
  CREATED_AT = 'created_at',
  UPDATED_AT = 'updated_at',
}
registerEnumType(RunOrderField, {
  name: 'RunOrderField',
  description: 'What runs are ordered by.',
  valuesConfig: { CREATED_AT: { description: 'When it was asked for.' }, UPDATED_AT: { description: 'When it last changed.' } },
});

@InputType({ description: 'Order of a list of runs.' })
export class RunOrder {
  @Field(() => RunOrderField, { description: 'What to order by.' })
  field!: RunOrderField;

  @Field(() => OrderDirection, { description: 'Which end comes first.' })
  direction!: OrderDirection;
}

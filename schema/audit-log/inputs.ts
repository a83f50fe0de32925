import { MaxLength } from 'class-validator';
import { Field, InputType, registerEnumType } from 'type-graphql';
import { OrderDirection } from '../../src/graphql/connection';
import { DateTime } from '../../src/graphql/scalars';
import { AuditResult } from './types';

@InputType({ description: 'Which acts to list; all that is given must hold.' })
export class AuditFilter {
  @Field(() => String, { nullable: true, description: 'Text contained in the name of the act or of the stream.' })
  @MaxLength(200)
  search?: string | null;

  @Field(() => [String], { nullable: true, description: 'One of these acts, routine ones too.' })
  act?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Done by this actor.' })
  @MaxLength(200)
  actorId?: string | null;

  @Field(() => String, { nullable: true, description: 'Part of this.' })
  @MaxLength(200)
  correlationId?: string | null;

  @Field(() => String, { nullable: true, description: 'Done to this id.' })
  @MaxLength(200)
  subject?: string | null;

  @Field(() => [AuditResult], { nullable: true, description: 'With one of these results.' })
  result?: AuditResult[] | null;

  @Field(() => DateTime, { nullable: true, description: 'Decided at this moment or later.' })
  from?: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'Decided at this moment or earlier.' })
  to?: Date | null;
}

export enum AuditOrderField {
  POSITION = 'position',
}
registerEnumType(AuditOrderField, {
  name: 'AuditOrderField',
  description: 'What acts are ordered by.',
  valuesConfig: { POSITION: { description: 'Place in the log, which is the order in which they became durable.' } },
});

@InputType({ description: 'Order of a list of acts.' })
export class AuditOrder {
  @Field(() => AuditOrderField, { description: 'What to order by.' })
  field!: AuditOrderField;

  @Field(() => OrderDirection, { description: 'Which end comes first.' })
  direction!: OrderDirection;
}

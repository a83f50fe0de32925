import { Field, ObjectType } from 'type-graphql';
import { Node } from '../../src/graphql/node';

@ObjectType({ implements: Node, description: 'An organisation; everything belongs to one.' })
export class Tenant extends Node {
  @Field(() => String, { description: 'Name of the organisation.' })
  name!: string;
}

import { Field, Int, ObjectType } from 'type-graphql';

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

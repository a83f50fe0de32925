import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { changeOf } from '../../src/graphql/change';
import { connectionOf } from '../../src/graphql/connection';
import { Node } from '../../src/graphql/node';
import { DateTime, JSONValue, Position } from '../../src/graphql/scalars';
import type { Sealed } from '../../src/vault/port';

export enum AuditResult {
  SUCCEEDED = 'succeeded',
  REFUSED = 'refused',
}
registerEnumType(AuditResult, {
  name: 'AuditResult',
  description: 'How an act ended.',
  valuesConfig: {
    SUCCEEDED: { description: 'It was done.' },
    REFUSED: { description: 'It was not allowed, or a rule was against it; nothing changed.' },
  },
});

@ObjectType({ implements: Node, description: 'One act, as the log has it.' })
export class AuditEntry extends Node {
  @Field(() => Position, { description: 'Where it stands in the log.' })
  position!: string;

  @Field(() => DateTime, { description: 'When it was decided.' })
  at!: Date;

  @Field(() => String, { description: 'What was done: the type of the event.' })
  act!: string;

  @Field(() => String, { description: 'Kind of whoever did it: user, service, system or anonymous.' })
  actorKind!: string;

  @Field(() => String, { description: 'Opaque id of whoever did it.' })
  actorId!: string;

  @Field(() => [String], { description: 'Ids of everything it was done to.' })
  subjects!: string[];

  @Field(() => AuditResult, { description: 'Whether it was done.' })
  result!: AuditResult;

  @Field(() => String, { nullable: true, description: 'Why it was refused: the rule that was against it.' })
  reason!: string | null;

  @Field(() => String, { nullable: true, description: 'Code of the refusal.' })
  code!: string | null;

  @Field(() => String, { description: 'The stream of the event.' })
  stream!: string;

  @Field(() => String, { description: 'Its revision in that stream.' })
  revision!: string;

  @Field(() => String, { description: 'What it was part of: the same for everything one request set off.' })
  correlationId!: string;

  @Field(() => String, { description: 'The command or event right before it.' })
  causationId!: string;

  @Field(() => String, { nullable: true, description: 'The request it came with; null for what the server did by itself.' })
  requestId!: string | null;

  /** Opened where somebody asks for it. */
  sealedAddress!: Sealed | null;

  @Field(() => JSONValue, { description: 'The data of the event; sealed texts are shown as `sealed`.' })
  summary!: unknown;
}

export const { Connection: AuditEntryConnection, Edge: AuditEntryEdge } = connectionOf(AuditEntry);
export const AuditEntryChange = changeOf(AuditEntry, 'AuditEntryChange');

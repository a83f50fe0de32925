import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { MutationPayload } from '../../src/graphql/payload';
import { DateTime } from '../../src/graphql/scalars';
import type { Scope } from '../access/scopes';
import { Feature, ScopeName } from '../access/types';
import { Preferences, Usage } from '../account/types';
import { Identity } from '../identity/types';
import { SignInMethod, SignInOptions } from '../sign-in/types';
import { Tenant } from '../tenant/types';
import { Role, User } from '../user/types';

export enum PrincipalKind {
  USER = 'user',
  SERVICE = 'service',
  ANONYMOUS = 'anonymous',
}
registerEnumType(PrincipalKind, {
  name: 'PrincipalKind',
  description: 'What kind of caller it is.',
  valuesConfig: {
    USER: { description: 'A person, by session, token or client key.' },
    SERVICE: { description: 'A service client, by client key.' },
    ANONYMOUS: { description: 'Nobody known.' },
  },
});

@ObjectType({ description: 'Whoever sent this request, as their credential proves it.' })
export class Caller {
  @Field(() => PrincipalKind, { description: 'Person, service client or nobody.' })
  kind!: PrincipalKind;

  @Field(() => String, { nullable: true, description: 'Global id of the person or of the service client.' })
  id!: string | null;

  @Field(() => String, { nullable: true, description: 'Global id of their tenant.' })
  tenantId!: string | null;

  @Field(() => Boolean, { description: 'Whether they run this server: owners of the default tenant do.' })
  operator!: boolean;

  @Field(() => [ScopeName], { description: 'What they may do.' })
  scopes!: Scope[];

  @Field(() => [Feature], { description: 'What is switched on for them.' })
  features!: Feature[];

  @Field(() => DateTime, { nullable: true, description: 'When the session, token or key ends by itself.' })
  expiresAt!: Date | null;
}

@ObjectType({ description: 'A place where somebody is signed in.' })
export class Session {
  @Field(() => ID, { description: 'For `revokeSession`.' })
  id!: string;

  @Field(() => SignInMethod, { description: 'How it was opened.' })
  method!: SignInMethod;

  @Field(() => DateTime, { description: 'When it was opened.' })
  openedAt!: Date;

  @Field(() => DateTime, { description: 'When it was last used, to the minute.' })
  lastSeenAt!: Date;

  @Field(() => DateTime, { description: 'When it ends at the latest; eight hours without use end it sooner.' })
  expiresAt!: Date;

  @Field(() => String, { nullable: true, description: 'Network address it was opened from; of others, those who do not manage people see its network only.' })
  address!: string | null;

  @Field(() => String, { nullable: true, description: 'What the browser or program said to be; of others, only those who manage people see it.' })
  device!: string | null;

  @Field(() => Boolean, { description: 'Whether this request came by it.' })
  current!: boolean;
}

@ObjectType({ description: 'The person who calls, and what is theirs.' })
export class Viewer {
  @Field(() => User, { description: 'The account that is signed in.' })
  user!: User;

  @Field(() => Tenant, { description: 'The organisation it belongs to.' })
  tenant!: Tenant;

  @Field(() => Role, { description: 'What the caller may do.' })
  role!: Role;

  @Field(() => Boolean, { description: 'Whether they run this server: owners of the default tenant do.' })
  operator!: boolean;

  @Field(() => [ScopeName], { description: 'What they may do, in detail.' })
  scopes!: Scope[];

  @Field(() => [Feature], { description: 'What is switched on for them.' })
  features!: Feature[];

  @Field(() => Boolean, { description: 'Whether they can sign in by password.' })
  hasPassword!: boolean;

  @Field(() => Usage, { description: 'Their requests.' })
  usage!: Usage;

  @Field(() => Preferences, { description: 'How they like their code and explanations.' })
  preferences!: Preferences;

  @Field(() => [Session], { description: 'Where they are signed in, the newest use first.' })
  sessions!: Session[];

  @Field(() => [Identity], { description: 'Accounts elsewhere with which they sign in here.' })
  identities!: Identity[];
}

@ObjectType({ description: 'What a visitor may know about this server.' })
export class SetupState {
  @Field(() => Boolean, { description: 'Whether the first owner is still to be made by the set-up link.' })
  needed!: boolean;

  @Field(() => Boolean, { description: 'Whether a built-in simulation plays LiteLLM.' })
  simulatedLiteLlm!: boolean;

  @Field(() => Boolean, { description: 'Whether a built-in simulation answers chats.' })
  simulatedLlm!: boolean;

  @Field(() => String, { description: 'Version of the product.' })
  version!: string;

  @Field(() => SignInOptions, { description: 'Ways in.' })
  signIn!: SignInOptions;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `setUp`.' })
export class SetUpPayload extends MutationPayload {
  @Field(() => Viewer, { nullable: true, description: 'The first owner, signed in.' })
  viewer!: Viewer | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `signOut`.' })
export class SignOutPayload extends MutationPayload {}

@ObjectType({ implements: MutationPayload, description: 'Answer of `revokeSession`.' })
export class RevokeSessionPayload extends MutationPayload {
  @Field(() => ID, { nullable: true, description: 'The session, which is over.' })
  sessionId!: string | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `revokeOtherSessions`.' })
export class RevokeOtherSessionsPayload extends MutationPayload {
  @Field(() => Int, { nullable: true, description: 'How many sessions were ended.' })
  count!: number | null;
}

@ObjectType({ implements: MutationPayload, description: 'Answer of `revokeUserSessions`.' })
export class RevokeUserSessionsPayload extends MutationPayload {
  @Field(() => Int, { nullable: true, description: 'How many sessions were ended.' })
  count!: number | null;
}

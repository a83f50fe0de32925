import { Field, ObjectType, registerEnumType } from 'type-graphql';

export enum SignInMethod {
  PASSWORD = 'password',
  SET_UP = 'set_up',
  PASSWORD_LINK = 'password_link',
  GOOGLE = 'google',
  OIDC = 'oidc',
}
registerEnumType(SignInMethod, {
  name: 'SignInMethod',
  description: 'How somebody proved who they are.',
  valuesConfig: {
    PASSWORD: { description: 'By password.' },
    SET_UP: { description: 'By the link that makes the first owner.' },
    PASSWORD_LINK: { description: 'By a link for choosing a password.' },
    GOOGLE: { description: 'By Google.' },
    OIDC: { description: 'By another OpenID Connect provider.' },
  },
});

@ObjectType({ description: 'Ways to sign in on this server.' })
export class SignInOptions {
  @Field(() => Boolean, { description: 'By e-mail address and password.' })
  password!: boolean;

  @Field(() => Boolean, { description: 'By Google.' })
  google!: boolean;

  @Field(() => String, { nullable: true, description: 'By another OpenID Connect provider: what its button says; null when there is none.' })
  oidc!: string | null;

  @Field(() => Boolean, { description: 'Whether visitors may make themselves an account.' })
  signUp!: boolean;
}

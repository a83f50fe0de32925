import { Field, Int, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { JSONValue } from '../../src/graphql/scalars';
import { catalogue, type Category, type ErrorCode, type Recovery, type Refusal, type Severity } from './catalogue';

const codes = Object.keys(catalogue) as ErrorCode[];
export const errorCodes = Object.fromEntries(codes.map((code) => [code, code]));

const categories: Record<Category, string> = {
  client_error: 'The request cannot be served as it is.',
  server_error: 'Something failed on our side.',
  validation_error: 'An input value is not acceptable.',
  business_error: 'A rule of the business says no.',
  external_error: 'A system we depend on failed.',
};
const severities: Record<Severity, string> = {
  low: 'Expected in normal use.',
  medium: 'Worth a look when it repeats.',
  high: 'Harms this caller until it is mended.',
  critical: 'Harms everybody until it is mended.',
};
const recoveries: Record<Recovery, string> = {
  retry: 'Try again at once.',
  contact_support: 'Ask whoever runs this server, with the correlation id.',
  check_settings: 'Look at your settings or sign in.',
  update_input: 'Change the input.',
  restart_service: 'The operator has to restart or repair a service.',
  wait_and_retry: 'Try again after a while.',
};

function registered<Value extends string>(name: string, description: string, values: Record<Value, string>): Record<string, Value> {
  const names = Object.keys(values) as Value[];
  const members = Object.fromEntries(names.map((value) => [value.toUpperCase(), value]));
  const valuesConfig = Object.fromEntries(names.map((value) => [value.toUpperCase(), { description: values[value] }]));
  registerEnumType(members, { name, description, valuesConfig });
  return members;
}

const errorCategories = registered('ErrorCategory', 'Whose fault an error is.', categories);
const errorSeverities = registered('ErrorSeverity', 'How bad an error is.', severities);
const errorRecoveries = registered('ErrorRecovery', 'What to do about an error.', recoveries);

registerEnumType(errorCodes, {
  name: 'ErrorCode',
  description: 'Every code of the error catalogue, the same in payloads and in top-level errors.',
  valuesConfig: Object.fromEntries(codes.map((code) => [code, { description: `${sentence(code)} (HTTP ${catalogue[code].httpStatus}).` }])),
});

function sentence(code: ErrorCode): string {
  const { meaning } = catalogue[code];
  return meaning.charAt(0).toUpperCase() + meaning.slice(1);
}

@InterfaceType({
  description: 'An expected refusal, as data. The concrete type says of which kind, `rule` which rule refused.',
  resolveType: (error: UserError) => errorTypeOf(error.code),
})
export abstract class UserError {
  @Field(() => errorCodes, { description: 'Code of the catalogue.' })
  code!: ErrorCode;

  @Field(() => String, { description: 'Name of the rule that refused, snake_case and stable: the key of a translation.' })
  rule!: string;

  @Field(() => String, { description: 'Plain English, safe to show.' })
  message!: string;

  @Field(() => [String], { nullable: true, description: 'Path to the input field that was refused, from `input` downwards.' })
  path!: readonly string[] | null;

  @Field(() => errorCategories, { description: 'Whose fault it is.' })
  category!: Category;

  @Field(() => errorSeverities, { description: 'How bad it is.' })
  severity!: Severity;

  @Field(() => errorRecoveries, { description: 'What to do about it.' })
  recovery!: Recovery;

  @Field(() => String, { description: 'Names this request in the logs and in the event log.' })
  correlationId!: string;

  @Field(() => JSONValue, { nullable: true, description: 'The values that refused, by name.' })
  details!: Refusal['details'] | null;
}

@ObjectType({ implements: UserError, description: 'The input has the wrong form or value (E400x, V100x).' })
export class InvalidInputError extends UserError {}

@ObjectType({ implements: UserError, description: 'There is no such object, or it is not yours to see (E4041).' })
export class NotFoundError extends UserError {}

@ObjectType({ implements: UserError, description: 'Something else came first (E4091).' })
export class ConflictError extends UserError {}

@ObjectType({ implements: UserError, description: 'You may not do this (E4011, E4031, B2003).' })
export class NotAllowedError extends UserError {}

@ObjectType({ implements: UserError, description: 'A rule of the business says no (B2001, B2002).' })
export class RuleViolatedError extends UserError {}

@ObjectType({ implements: UserError, description: 'Not now: a limit was reached or something failed (E4291, E5xxx).' })
export class TryLaterError extends UserError {
  @Field(() => Int, { nullable: true, description: 'Milliseconds after which trying again makes sense.' })
  retryAfterMs!: number | null;
}

/** Name of the concrete error type of a code. */
export function errorTypeOf(code: ErrorCode): string {
  switch (code) {
    case 'E4041': return NotFoundError.name;
    case 'E4091': return ConflictError.name;
    case 'E4011': case 'E4031': case 'B2003': return NotAllowedError.name;
    case 'B2001': case 'B2002': return RuleViolatedError.name;
    case 'E4291': return TryLaterError.name;
    default: return code.startsWith('E5') ? TryLaterError.name : InvalidInputError.name;
  }
}

import { isURL, IsUrl, Matches, maxLength, MaxLength, MinLength, type ValidationOptions } from 'class-validator';

/** Longest name of anything: of a person, a tier, a model, a key. */
export const NAME_LENGTH = 100;
/** RFC 5321: the longest address a mail server accepts. */
export const EMAIL_LENGTH = 254;
/** Longer ones are refused unread; what a password has to be is for `checkPassword` to say. */
export const PASSWORD_LENGTH = 1_024;
const URL_LENGTH = 2_048;

/** What an `idempotencyKey` does, where an input has nothing else to say about it. */
export const ONCE = 'Repeating the request with the same key has no second effect.';

/** What has a width of its own or none at all would make two names look the same. */
export const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;
/** Printable characters, with none that could be overlooked at the ends: a name by which others find the thing. */
const LABEL = /^[^\p{C}\p{Z}]([^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Z}])?$/u;

/** Only characters that are seen. */
export function IsPrintable(options?: ValidationOptions): PropertyDecorator {
  return Matches(PRINTABLE, { message: '$property has only printable characters', ...options });
}

/** Something else than spaces. */
export function IsNotBlank(): PropertyDecorator {
  return Matches(/\S/, { message: '$property is not blank' });
}

/** What somebody calls something: 1 to 100 printable characters. */
export function IsName(): PropertyDecorator {
  return allOf(MinLength(1), MaxLength(NAME_LENGTH), IsNotBlank(), IsPrintable());
}

/** Names that others gave, of models and services: each 1 to 100 printable characters. */
export function AreNames(): PropertyDecorator {
  return allOf(MinLength(1, { each: true }), MaxLength(NAME_LENGTH, { each: true }), IsPrintable({ each: true }));
}

/** Name of a tier: whoever is assigned one and what it is granted meet by it alone. */
export function IsTier(): PropertyDecorator {
  return allOf(MaxLength(NAME_LENGTH), Matches(LABEL, { message: '$property is a name of printable characters without spaces around it' }));
}

const PICTURE = { protocols: ['https'], require_protocol: true };

/** Address of a picture that a browser loads. */
export function IsPictureUrl(): PropertyDecorator {
  return allOf(IsUrl(PICTURE), MaxLength(URL_LENGTH));
}

/** The same, for one that comes from elsewhere. */
export function isPictureUrl(text: string): boolean {
  return isURL(text, PICTURE) && maxLength(text, URL_LENGTH);
}

/** One decorator out of several. */
export function allOf(...rules: readonly PropertyDecorator[]): PropertyDecorator {
  return (target, property) => rules.forEach((rule) => rule(target, property));
}

import { Matches, MaxLength, MinLength } from 'class-validator';

const NAME_LENGTH = 100;
/** What has a width of its own or none at all would make two names look the same. */
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]*$/u;

/** The name of a person, as somebody gives it to themselves. */
export function IsDisplayName(): PropertyDecorator {
  const rules = [
    MinLength(1), MaxLength(NAME_LENGTH), Matches(/\S/, { message: '$property is not blank' }),
    Matches(PRINTABLE, { message: '$property has only printable characters' }),
  ];
  return (target, property) => rules.forEach((rule) => rule(target, property as string));
}

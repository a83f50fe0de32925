import { maxLength } from 'class-validator';
import { NAME_LENGTH } from '../text-rules';

/**
 * A name that comes from elsewhere, made into the name of a person that `IsName` lets pass: without what is not printable, and cut.
 * @param otherwise stands in where nothing is left of it, and is made such a name as well
 */
export function asDisplayName(text: string | null | undefined, otherwise: string): string {
  return cut(printable(text ?? '')) || cut(printable(otherwise));
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').replace(/\p{C}/gu, '').trim();
}

/** `MaxLength` counts what is seen: a character and the variation selector behind it are one. */
function cut(text: string): string {
  const characters = [...text].slice(0, 2 * NAME_LENGTH);
  while (!maxLength(characters.join(''), NAME_LENGTH)) characters.pop();
  return characters.join('').trimEnd();
}

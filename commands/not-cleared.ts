import type { Refusal } from '../schema/errors/catalogue';
import { refuseAll } from './user/many';

/**
 * For the fields of an input that can be kept or changed: omitted keeps, and null would clear.
 * @throws RefusedError E4003 rule `required` naming each of them that is null
 */
export function notCleared<Input extends object>(input: Input, fields: readonly (keyof Input & string)[]): void {
  refuseAll(fields.filter((field) => input[field] === null).map((field): Refusal => ({
    code: 'E4003', rule: 'required', message: 'This cannot be cleared. Leave it out to keep it.', path: [field],
  })));
}

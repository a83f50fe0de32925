import { validate, type ValidationError } from 'class-validator';
import type { Refusal } from '../../schema/errors/catalogue';

/**
 * Judges an input by its class-validator decorators; JSON has none. Nested inputs need `@ValidateNested()`; null and omitted values
 * are the schema's business and pass.
 * @param root name of the argument, the first step of every path
 * @returns one V1001 per broken constraint; empty when all is well
 */
export async function invalidFields(input: object, root: string): Promise<Refusal[]> {
  if (isJson(input)) return [];
  const errors = await validate(
    input, { skipMissingProperties: true, forbidUnknownValues: false, validationError: { target: false, value: false } },
  );
  return errors.flatMap((error) => refusalsOf(error, [root]));
}

/** Objects of no class. Literals of GraphQL have no prototype, and any object may have a member `constructor`: class-validator trips over both. */
function isJson(input: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === null || prototype === Object.prototype || Array.isArray(input);
}

function refusalsOf(error: ValidationError, parents: readonly string[]): Refusal[] {
  const path = [...parents, error.property];
  const own = Object.entries(error.constraints ?? {}).map(([constraint, message]): Refusal => ({
    code: 'V1001', rule: snakeCase(constraint), message: `${message.charAt(0).toUpperCase()}${message.slice(1)}.`, path,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => refusalsOf(child, path))];
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

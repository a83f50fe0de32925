export class Violation extends Error {}

export function broken(violation: string): never {
  throw new Violation(violation);
}

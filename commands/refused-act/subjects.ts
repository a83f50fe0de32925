import { fromGlobalId } from '../../src/graphql/node';

/** Subjects of one refusal at most, and how deep in an input they are looked for. */
const MOST = 20;
const DEPTH = 4;
const KEY_LENGTH = 100;
/** Fields that hold ids, by the name they have everywhere; a text elsewhere is never taken for one. */
const ID_FIELD = /(^i|I)ds?$/;

/** Keys of the objects that an input names by their global ids. */
export function subjectsOf(input: unknown): string[] {
  const found = new Set<string>();
  visit(input, DEPTH);
  return [...found];

  function visit(value: unknown, depth: number): void {
    if (typeof value !== 'object' || value === null || depth === 0) return;
    for (const [name, inner] of Object.entries(value)) {
      if (ID_FIELD.test(name)) [inner].flat().forEach(add);
      else visit(inner, depth - 1);
    }
  }

  function add(id: unknown): void {
    const key = typeof id === 'string' && found.size < MOST ? keyOf(id) : undefined;
    if (key !== undefined) found.add(key);
  }
}

function keyOf(id: string): string | undefined {
  try {
    const { key } = fromGlobalId(id);
    return key.length <= KEY_LENGTH ? key : undefined;
  } catch {
    return undefined;
  }
}

export interface ShownParameter {
  name: string;
  value: string;
}

/** The parameters of a run one by one, without its words, which stand elsewhere, and without what was left empty. */
export function shownParameters(parameters: unknown): readonly ShownParameter[] {
  if (!parameters || typeof parameters !== 'object' || Array.isArray(parameters)) {
    return [];
  }
  return Object.entries(parameters).flatMap(([name, value]): readonly ShownParameter[] => {
    if (name === 'prompt' || value === null || value === '') {
      return [];
    }
    return typeof value === 'object' ? shownParameters(value) : [{ name, value: String(value) }];
  });
}

export interface ShownParameter {
  name: string;
  value: string;
}

const shownElsewhere: readonly string[] = ['prompt', 'model'];

/** The parameters of a run one by one, without those that stand elsewhere, were left empty or are switched off. */
export function shownParameters(parameters: unknown): readonly ShownParameter[] {
  if (!parameters || typeof parameters !== 'object' || Array.isArray(parameters)) {
    return [];
  }
  return Object.entries(parameters).flatMap(([name, value]): readonly ShownParameter[] => {
    if (shownElsewhere.includes(name) || value === null || value === '' || value === false) {
      return [];
    }
    return typeof value === 'object' ? shownParameters(value) : [{ name, value: value === true ? '✓' : String(value) }];
  });
}

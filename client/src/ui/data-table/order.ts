/** `-createdAt` of the URL as the API's `{field: CREATED_AT, direction: DESC}`. */
export function orderBy<Field extends string>(sort: string, fields: Readonly<Record<string, Field>>):
  { field: Field; direction: 'ASC' | 'DESC' } | undefined {
  const field = fields[sort.replace(/^-/, '')];
  return field && { field, direction: sort.startsWith('-') ? 'DESC' : 'ASC' };
}

/** A facet's values as the API wants them: the list, or nothing. */
export const chosen = <Value extends string>(values: readonly string[] | undefined): Value[] | undefined =>
  (values && values.length > 0 ? values as Value[] : undefined);

/** Whether a text stands in any of the others, whatever the case. */
export const mentions = (q: string, ...texts: (string | null | undefined)[]): boolean =>
  texts.some((text) => text?.toLowerCase().includes(q.toLowerCase()));

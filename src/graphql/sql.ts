/** A piece of SQL with its parameters: `texts` has one element more than `values`. */
export interface Sql {
  readonly texts: readonly string[];
  readonly values: readonly unknown[];
}

/** A condition of a `where`. */
export type SqlCondition = Sql;

/**
 * Composes SQL in which every interpolated value becomes a parameter and every interpolated `Sql` is spliced in.
 * @example sql`tenant_id = ${tenantId} and ${roles.length ? sql`role = any(${roles})` : sql`true`}`
 */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  const texts: string[] = [];
  const parameters: unknown[] = [];
  let open = strings[0] ?? '';
  values.forEach((value, index) => {
    const after = strings[index + 1] ?? '';
    if (isSql(value)) {
      const [head = '', ...rest] = value.texts;
      const tail = rest.pop();
      if (tail === undefined) open += head + after;
      else {
        texts.push(open + head, ...rest);
        open = tail + after;
      }
      parameters.push(...value.values);
    } else {
      texts.push(open);
      parameters.push(value);
      open = after;
    }
  });
  return { texts: [...texts, open], values: parameters };
}

/** A table, view or column name, optionally qualified. @throws Error when it is anything but a plain lower-case name */
export function name(identifier: string): Sql {
  if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$/.test(identifier)) throw new Error(`Not a plain SQL name: ${identifier}`);
  return { texts: [identifier], values: [] };
}

/** All conditions at once; no condition is `true`. */
export function all(conditions: readonly SqlCondition[]): Sql {
  return conditions.length === 0 ? sql`true` : join(conditions.map((condition) => sql`(${condition})`), ' and ');
}

/** Any of the conditions; no condition is `false`. */
export function any(conditions: readonly SqlCondition[]): Sql {
  return conditions.length === 0 ? sql`false` : join(conditions.map((condition) => sql`(${condition})`), ' or ');
}

/** The statement as the driver takes it: `$1`, `$2`, ... and their values. */
export function compile({ texts, values }: Sql): { text: string; values: readonly unknown[] } {
  return { text: texts.reduce((text, piece, index) => `${text}$${index}${piece}`), values };
}

/** Pattern for `like`/`ilike` (default escape `\`) that matches texts containing `search` literally. */
export function containing(search: string): string {
  return `%${search.replace(/[\\%_]/g, '\\$&')}%`;
}

function join(pieces: readonly Sql[], separator: string): Sql {
  return pieces.reduce((joined, piece) => sql`${joined}${{ texts: [separator], values: [] }}${piece}`);
}

function isSql(value: unknown): value is Sql {
  return typeof value === 'object' && value !== null && Array.isArray((value as Sql).texts) && Array.isArray((value as Sql).values);
}

/** What the vault, authentication and the simulated vendors need of a Postgres pool; `pg`'s Pool has this shape. */
export interface SqlPool {
  /** One parameterised statement in a transaction of its own. */
  query<Row extends Record<string, unknown>>(text: string, values?: unknown[]): Promise<{ rows: Row[]; rowCount: number | null }>;
}

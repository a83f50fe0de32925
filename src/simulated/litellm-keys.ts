import type { SqlPool } from '../vault/sql-pool';

/** A virtual key as LiteLLM keeps it: by the SHA-256 of its text, never the text itself. */
export interface KeptKey {
  token: string;
  keyAlias: string | null;
  /** The fields that `/key/info` shows, by their LiteLLM names. */
  info: Record<string, unknown>;
}

export interface KeyShelf {
  /** `exists`: the token is there already, nothing changed. `alias_taken`: another key has the alias. */
  add(key: KeptKey): Promise<'added' | 'exists' | 'alias_taken'>;
  byToken(token: string): Promise<KeptKey | undefined>;
  /** @returns the tokens that were there */
  remove(tokens: readonly string[]): Promise<string[]>;
}

export function keysInMemory(): KeyShelf {
  const keys = new Map<string, KeptKey>();
  return {
    async add(key) {
      if (key.keyAlias !== null && [...keys.values()].some(({ keyAlias }) => keyAlias === key.keyAlias)) return 'alias_taken';
      if (keys.has(key.token)) return 'exists';
      keys.set(key.token, key);
      return 'added';
    },
    byToken: async (token) => keys.get(token),
    remove: async (tokens) => tokens.filter((token) => keys.delete(token)),
  };
}

const ADD = `
  insert into simulated_litellm_keys (token, key_alias, info) values ($1, $2, $3) on conflict do nothing returning token`;

/** Keys in `simulated_litellm_keys`, so that they outlive restarts and are the same for every node. */
export function keysInPostgres(pool: SqlPool): KeyShelf {
  return {
    async add({ token, keyAlias, info }) {
      const { rowCount } = await pool.query(ADD, [token, keyAlias, JSON.stringify(info)]);
      if (rowCount === 1) return 'added';
      const { rows } = await pool.query('select 1 from simulated_litellm_keys where key_alias = $1', [keyAlias]);
      return rows.length > 0 ? 'alias_taken' : 'exists';
    },
    async byToken(token) {
      const { rows } = await pool.query<{ key_alias: string | null; info: Record<string, unknown> }>(
        'select key_alias, info from simulated_litellm_keys where token = $1', [token]);
      return rows[0] && { token, keyAlias: rows[0].key_alias, info: rows[0].info };
    },
    async remove(tokens) {
      const { rows } = await pool.query<{ token: string }>(
        'delete from simulated_litellm_keys where token = any($1) returning token', [tokens]);
      return rows.map(({ token }) => token);
    },
  };
}

-- Up Migration

-- Virtual keys of the simulated LiteLLM, which stands in when LITELLM_URL is not set.
create table simulated_litellm_keys (
  -- SHA-256 of the key, hex
  token text primary key,
  key_alias text unique,
  info jsonb not null
);

-- Down Migration

drop table simulated_litellm_keys;

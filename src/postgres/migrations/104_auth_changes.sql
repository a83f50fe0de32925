-- Up Migration

-- Tells every node at once that somebody may have lost a right: by whichever statement, also one typed by hand. A node
-- that hears it forgets all its answers and judges all its sockets anew, so it is told of nothing else: only of rows by
-- which somebody is judged otherwise than before. "Last seen", use counts, new sessions and new people take nothing away.
create function auth_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('auth_changed', '');
  return null;
end
$$;

create trigger auth_sessions_changed after update on auth_sessions for each row
  when ((old.user_id, old.tenant_id, old.expires_at) is distinct from (new.user_id, new.tenant_id, new.expires_at))
  execute function auth_changed();
-- Those that are over already leave the table with the next sign-in.
create trigger auth_sessions_deleted after delete on auth_sessions for each row
  when (old.expires_at > now()) execute function auth_changed();

create trigger auth_standing_changed after update on auth_standing for each row
  when ((old.tenant_id, old.role, old.active, old.tier) is distinct from (new.tenant_id, new.role, new.active, new.tier))
  execute function auth_changed();
create trigger auth_standing_deleted after delete on auth_standing for each row
  when (old.active) execute function auth_changed();

-- Of a tenant of which nothing is kept, people are judged as of an active one.
create trigger auth_tenants_inserted after insert on auth_tenants for each row
  when (not new.active) execute function auth_changed();
create trigger auth_tenants_changed after update on auth_tenants for each row
  when ((old.active, old.is_default) is distinct from (new.active, new.is_default)) execute function auth_changed();
create trigger auth_tenants_deleted after delete on auth_tenants for each row execute function auth_changed();

-- A tenant of which nothing is kept has all features, so the first that it is granted take the others away.
create trigger auth_features_inserted after insert on auth_features for each row
  when (new.kind = 'tenant' and new.features is not null) execute function auth_changed();
create trigger auth_features_changed after update on auth_features for each row
  when (old.features is distinct from new.features) execute function auth_changed();
create trigger auth_features_deleted after delete on auth_features for each row execute function auth_changed();

create trigger auth_service_clients_changed after update on auth_service_clients for each row
  when ((old.tenant_id, old.scopes, old.deleted) is distinct from (new.tenant_id, new.scopes, new.deleted))
  execute function auth_changed();
create trigger auth_service_clients_deleted after delete on auth_service_clients for each row execute function auth_changed();

create trigger auth_client_keys_changed after update on auth_client_keys for each row
  when ((old.tenant_id, old.owner_kind, old.owner_id, old.scopes, old.expires_at, old.revoked)
    is distinct from (new.tenant_id, new.owner_kind, new.owner_id, new.scopes, new.expires_at, new.revoked))
  execute function auth_changed();
create trigger auth_client_keys_deleted after delete on auth_client_keys for each row execute function auth_changed();

create trigger auth_identities_changed after update on auth_identities for each row
  when (old.user_id is not null and old.user_id is distinct from new.user_id) execute function auth_changed();
create trigger auth_identities_deleted after delete on auth_identities for each row
  when (old.user_id is not null) execute function auth_changed();

create trigger auth_revoked_tokens_inserted after insert on auth_revoked_tokens for each row execute function auth_changed();

-- Down Migration

drop function auth_changed() cascade;

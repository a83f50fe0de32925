-- Up Migration

-- Tells every node at once that somebody may have lost a right: by whichever statement, also one typed by hand.
-- "Last seen" and use counts are no rights, and new sessions take none away.
create function auth_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('auth_changed', '');
  return null;
end
$$;

create trigger auth_sessions_changed after delete on auth_sessions for each statement execute function auth_changed();
create trigger auth_standing_changed after update or delete on auth_standing for each statement execute function auth_changed();
create trigger auth_tenants_changed after update or delete on auth_tenants for each statement execute function auth_changed();
create trigger auth_features_changed after insert or update or delete on auth_features for each statement execute function auth_changed();
create trigger auth_service_clients_changed after update or delete on auth_service_clients for each statement execute function auth_changed();
create trigger auth_client_keys_changed after update of revoked, scopes, expires_at or delete on auth_client_keys
  for each statement execute function auth_changed();
create trigger auth_revoked_tokens_changed after insert on auth_revoked_tokens for each statement execute function auth_changed();

-- Down Migration

drop trigger auth_revoked_tokens_changed on auth_revoked_tokens;
drop trigger auth_client_keys_changed on auth_client_keys;
drop trigger auth_service_clients_changed on auth_service_clients;
drop trigger auth_features_changed on auth_features;
drop trigger auth_tenants_changed on auth_tenants;
drop trigger auth_standing_changed on auth_standing;
drop trigger auth_sessions_changed on auth_sessions;
drop function auth_changed();

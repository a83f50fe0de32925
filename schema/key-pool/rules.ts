import { IsInt, Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { allOf, IsNotBlank, IsPrintable, NAME_LENGTH } from '../text-rules';
import { MAX_CONCURRENCY, MAX_PRIORITY, MAX_RPM, SCOPE_LENGTH, SECRET_LENGTH } from './specification';

const SCOPE = /^[\w.*-]+( ?, ?[\w.*-]+)*$/;
const SHORTEST_SECRET = 8;
const ACCESS_KEY_LENGTH = 1_000;

/** What a key is called, up to 100 characters. */
export function IsKeyName(): PropertyDecorator {
  return allOf(MaxLength(NAME_LENGTH), IsNotBlank(), IsPrintable());
}

/** Most leases of one key at once. */
export function IsConcurrencyLimit(): PropertyDecorator {
  return allOf(IsInt(), Min(1), Max(MAX_CONCURRENCY));
}

/** Most grants on one key in any 60 seconds. */
export function IsRpmLimit(): PropertyDecorator {
  return allOf(IsInt(), Min(0), Max(MAX_RPM));
}

export function IsPriority(): PropertyDecorator {
  return allOf(IsInt(), Min(-MAX_PRIORITY), Max(MAX_PRIORITY));
}

/** `*`, or slugs or ids of tenants, separated by commas. */
export function IsTenantScope(): PropertyDecorator {
  return allOf(Matches(SCOPE), MaxLength(SCOPE_LENGTH));
}

/** What a vendor gave as the secret of a key. */
export function IsSecret(): PropertyDecorator {
  return allOf(MinLength(SHORTEST_SECRET), MaxLength(SECRET_LENGTH));
}

/** What Kling calls the access key. */
export function IsAccessKey(): PropertyDecorator {
  return allOf(MinLength(1), MaxLength(ACCESS_KEY_LENGTH));
}

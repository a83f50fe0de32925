import type { z } from 'zod';
import { RefusedError, type Refusal } from '../../schema/errors/catalogue';
import { operations, poolOf, type Operation, type Scenario } from '../../schema/run/operations';
import { legnextText, LEGNEXT_TEXT_LENGTH, parameterSchemas, type KlingImageToVideoParameters, type LegnextParameters } from '../../schema/run/parameters';
import type { CommandContext } from '../../src/command-runtime/port';
import type { Context } from '../../src/graphql/context';
import { signedIn } from '../../src/graphql/tenant';
import { keyPool } from '../key-pool/decider';
import { isInUse } from '../key-pool/eligibility';
import { scopeOf } from '../key-pool/queue';
import { ensureSimulatedPool } from '../key-pool/simulated-pools';
import { isAddress, placeOfPicture } from './source-picture';

/** Control characters and half characters, which neither Postgres nor a vendor can do anything with. */
const UNREADABLE = /[^\P{Cc}\t\n\r]|\p{Cs}/u;

/** The parameters with their defaults. @throws RefusedError V1001 or V1004, with the field */
export function checkedParameters(operation: Operation, given: unknown): unknown {
  const parsed = parameterSchemas[operation].safeParse(given);
  if (!parsed.success) throw refusedAll(parsed.error.issues.map(refusalOf));
  const unreadable = Object.entries(parsed.data).filter(([, value]) => typeof value === 'string' && UNREADABLE.test(value));
  if (unreadable.length > 0) {
    throw refusedAll(unreadable.map(([name]) => refusal('V1001', 'parameter', `${name} has no control characters.`, [name])));
  }
  if (operation === 'legnext_diffusion') requireLength(legnextText(parsed.data as LegnextParameters).length);
  return parsed.data;
}

function requireLength(given: number): void {
  if (given <= LEGNEXT_TEXT_LENGTH) return;
  const details = { limit: LEGNEXT_TEXT_LENGTH, given };
  throw new RefusedError({
    ...refusal('V1004', 'parameter_range', `With its parameters the text has at most ${LEGNEXT_TEXT_LENGTH} characters.`, ['prompt']), details,
  });
}

function refusalOf({ code, message, path }: z.core.$ZodIssue): Refusal {
  const isRange = code === 'too_big' || code === 'too_small';
  return refusal(isRange ? 'V1004' : 'V1001', isRange ? 'parameter_range' : 'parameter', `${message}.`, path.map(String));
}

function refusal(code: Refusal['code'], rule: string, message: string, path: readonly string[]): Refusal {
  return { code, rule, message, path: ['input', 'parameters', ...path] };
}

function refusedAll([first, ...others]: Refusal[]): RefusedError {
  return new RefusedError({ ...first!, ...(others.length > 0 && { others }) });
}

/**
 * Whether the caller may have this done now: the vendor is switched on for them, there is a key for it, and the picture
 * to begin with is theirs.
 * @returns the pool that serves it
 * @throws RefusedError E4031 `feature_off`, B2001 `no_provider_key`, E4041 `picture_unknown`
 */
export async function requirePool(context: Context, operation: Operation, scenario: Scenario | null): Promise<string> {
  const { features } = signedIn(context);
  const feature = operations[operation].provider;
  if (!features.includes(feature)) {
    throw new RefusedError({ code: 'E4031', rule: 'feature_off', message: 'This part of the product is switched off for you.', details: { feature } });
  }
  const pool = poolOf(operation, scenario);
  if (scenario) {
    await ensureSimulatedPool(context, pool);
    return pool;
  }
  const { tenantId } = signedIn(context);
  const { state } = await context.commands.recent(keyPool, pool);
  const now = context.now().getTime();
  if (!scopeOf(state, { tenant: tenantId }).keys.some((key) => isInUse(key, now))) {
    throw new RefusedError({
      code: 'B2001', rule: 'no_provider_key', path: ['input', 'operation'], details: { provider: pool },
      message: 'There is no provider key for this vendor. Add one to its pool, or choose a scenario.',
    });
  }
  return pool;
}

/** @throws RefusedError E4041 `picture_unknown` for the id of a picture that the caller's runs have not made */
export async function requirePicture(context: Context, { tenant }: CommandContext, operation: Operation, parameters: unknown): Promise<void> {
  if (operation !== 'kling_image_to_video') return;
  const { image } = parameters as KlingImageToVideoParameters;
  if (isAddress(image) || (await placeOfPicture(context.db, { tenant, userId: signedIn(context).userId }, image)) !== undefined) return;
  throw new RefusedError(refusal('E4041', 'picture_unknown', 'Name a picture of yours by its id, or any other by its https address.', ['image']));
}

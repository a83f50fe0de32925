import { RefusedError } from '../../schema/errors/catalogue';
import type { Context } from '../../src/graphql/context';
import { existingIn, refusalToActOn, user, userUnknown, type By, type Existing } from './decider';

type Services = Pick<Context, 'commands'>;

/**
 * Somebody of a tenant, as the log has them now.
 * @param field of the input that names them
 * @throws RefusedError E4041 for nobody of the tenant
 */
export async function userInTenant({ commands }: Services, userId: string, tenantId: string, field: string): Promise<Existing> {
  const state = existingIn((await commands.load(user, userId)).state, tenantId);
  if (!state) throw new RefusedError({ ...userUnknown, path: [field] });
  return state;
}

/**
 * Somebody whom `by` manages, or `by` themselves: for acts that are no commands of the user.
 * @param field of the input that names them
 * @throws RefusedError E4041 for nobody of the tenant, B2003 for somebody whose role is not below that of `by`
 */
export async function managedUser(services: Services, userId: string, by: By, field: string): Promise<Existing> {
  const state = await userInTenant(services, userId, by.tenantId, field);
  const refusal = refusalToActOn(state, by);
  if (refusal) throw new RefusedError({ ...refusal, path: [field] });
  return state;
}

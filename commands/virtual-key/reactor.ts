import { virtualKeyEvents } from '../../schema/virtual-key/events';
import type { Reactor } from '../../src/projection-runtime/projector';
import { causeOf } from '../follow-up';
import { PROVISION_VIRTUAL_KEY, type ProvisionJob } from './provisioning';

export { PROVISION_VIRTUAL_KEY, provisionVirtualKeyTask, type ProvisioningServices } from './provisioning';

/** Has every key that was requested brought to LiteLLM. */
export const provisionKeysReactor: Reactor<typeof virtualKeyEvents> = {
  name: 'provision_keys',
  events: virtualKeyEvents,
  react: (events) => events.flatMap((event) => {
    if (event.type !== 'VirtualKeyRequested') return [];
    const { keyId } = event.data;
    const payload: ProvisionJob = { ...causeOf(event), keyId, issuedBy: event.at.metadata.actor };
    return [{ kind: 'job', task: PROVISION_VIRTUAL_KEY, payload, jobKey: `${PROVISION_VIRTUAL_KEY}:${keyId}` }];
  }),
};

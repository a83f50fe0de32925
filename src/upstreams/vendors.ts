import type { Configuration } from '../configuration';
import { createGateway } from '../outbound/gateway';
import { startSimulatedLiteLlm } from '../simulated/litellm';
import { startSimulatedLlm } from '../simulated/llm';
import type { SqlPool } from '../vault/sql-pool';
import { createLiteLlm, LITELLM, type LiteLlm } from './litellm';
import { createLlm, DEFAULT_LLM_LIMITS, LLM, type Llm } from './llm';

export interface Vendors {
  litellm: LiteLlm;
  llm: Llm;
  /** Whether the built-in stand-in plays the vendor. */
  simulated: { litellm: boolean; llm: boolean };
  close(): Promise<void>;
}

/** The configured vendors, and for each one that is not configured the simulated one; both are called the same way. */
export async function connectVendors(configuration: Pick<Configuration, 'liteLlm' | 'llm'>, pool: SqlPool): Promise<Vendors> {
  const { liteLlm, llm } = configuration;
  const [simulatedLiteLlm, simulatedLlm] = await Promise.all([
    liteLlm.url ? undefined : startSimulatedLiteLlm({ pool }),
    llm.baseUrl ? undefined : startSimulatedLlm(),
  ]);
  const closeSimulated = async (): Promise<void> => void (await Promise.all([simulatedLiteLlm?.close(), simulatedLlm?.close()]));
  const gateway = createGateway({
    upstreams: [
      { name: LITELLM, baseUrl: liteLlm.url ?? simulatedLiteLlm!.url, secret: liteLlm.masterKey ?? simulatedLiteLlm?.secret, allowPrivate: true },
      { name: LLM, baseUrl: llm.baseUrl ?? simulatedLlm!.url, secret: llm.apiKey ?? simulatedLlm?.secret, allowPrivate: true },
    ],
  });
  return {
    litellm: createLiteLlm({ gateway, ...liteLlm }),
    llm: createLlm({ gateway, limits: { ...DEFAULT_LLM_LIMITS, idleTimeoutMs: llm.idleTimeoutMs } }),
    simulated: { litellm: simulatedLiteLlm !== undefined, llm: simulatedLlm !== undefined },
    close: async () => {
      await gateway.close();
      await closeSimulated();
    },
  };
}

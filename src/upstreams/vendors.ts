import { scenarioNames, type GenerationProvider, type Scenario } from '../../schema/run/operations';
import type { Configuration } from '../configuration';
import { createGateway, type Gateway, type Upstream } from '../outbound/gateway';
import { startSimulatedKling } from '../simulated/kling';
import { startSimulatedLegnext } from '../simulated/legnext';
import { startSimulatedLiteLlm } from '../simulated/litellm';
import { startSimulatedLlm } from '../simulated/llm';
import type { SqlPool } from '../vault/sql-pool';
import type { GenerationVendor } from './generation';
import { createKling, KLING } from './kling';
import { createLegnext, LEGNEXT } from './legnext';
import { createLiteLlm, LITELLM, type LiteLlm } from './litellm';
import { createLlm, DEFAULT_LLM_LIMITS, LLM, type Llm } from './llm';

export interface Vendors {
  litellm: LiteLlm;
  llm: Llm;
  /** The vendors of images and videos; what is simulated of them is another upstream, called the same way. */
  generation: Readonly<Record<GenerationProvider, GenerationVendor>>;
  /** Name of the gateway's upstream for a key pool: of the vendor itself, or of the one that plays it in a scenario. */
  upstreamOf(pool: string, scenario: Scenario | null): string;
  gateway: Gateway;
  /** Whether the built-in stand-in plays the vendor. */
  simulated: { litellm: boolean; llm: boolean };
  close(): Promise<void>;
}

type VendorConfiguration = Pick<Configuration, 'liteLlm' | 'llm' | 'legnext' | 'kling'>;

/**
 * The configured vendors, and for each one that is not configured the simulated one; both are called the same way. The
 * vendors of images and videos are there both ways, since every run says for itself whether it is simulated.
 */
export async function connectVendors(configuration: VendorConfiguration, pool: SqlPool, clock: () => Date = () => new Date()): Promise<Vendors> {
  const { liteLlm, llm, legnext, kling } = configuration;
  const [simulatedLiteLlm, simulatedLlm, simulatedLegnext, simulatedKling] = await Promise.all([
    liteLlm.url ? undefined : startSimulatedLiteLlm({ pool }),
    llm.baseUrl ? undefined : startSimulatedLlm(),
    startSimulatedLegnext({ clock }),
    startSimulatedKling({ clock }),
  ]);
  const closeSimulated = async (): Promise<void> =>
    void (await Promise.all([simulatedLiteLlm?.close(), simulatedLlm?.close(), simulatedLegnext.close(), simulatedKling.close()]));
  const upstreams: Upstream[] = [
    { name: LITELLM, baseUrl: liteLlm.url ?? simulatedLiteLlm!.url, secret: liteLlm.masterKey ?? simulatedLiteLlm?.secret, allowPrivate: true },
    { name: LLM, baseUrl: llm.baseUrl ?? simulatedLlm!.url, secret: llm.apiKey ?? simulatedLlm?.secret, allowPrivate: true },
    ...bothWays(LEGNEXT, legnext.url, simulatedLegnext.url, 'x-api-key'),
    ...bothWays(KLING, kling.url, simulatedKling.url, 'bearer'),
  ];
  let gateway: Gateway;
  try {
    gateway = createGateway({ upstreams });
  } catch (error) {
    await closeSimulated();
    throw error;
  }
  return {
    litellm: createLiteLlm({ gateway, ...liteLlm }),
    llm: createLlm({ gateway, limits: { ...DEFAULT_LLM_LIMITS, idleTimeoutMs: llm.idleTimeoutMs } }),
    generation: { legnext: createLegnext({ gateway }), kling: createKling({ gateway, clock }) },
    upstreamOf: (keyPool, scenario) => (scenario === null ? keyPool : `${keyPool}:${scenario}`),
    gateway,
    simulated: { litellm: simulatedLiteLlm !== undefined, llm: simulatedLlm !== undefined },
    close: async () => {
      await gateway.close();
      await closeSimulated();
    },
  };
}

/** The vendor itself, and one upstream for each scenario in which it is played. */
function bothWays(name: string, url: string, simulatedUrl: string, authorization: Upstream['authorization']): Upstream[] {
  const simulated = scenarioNames.map((scenario) => ({ name: `${name}-simulated:${scenario}`, baseUrl: `${simulatedUrl}/${scenario}` }));
  return [{ name, baseUrl: url }, ...simulated].map((upstream) => ({ ...upstream, authorization, allowPrivate: true }));
}

import { createGateway } from '../outbound/gateway';
import { startSimulatedLiteLlm, type SimulatedVendor } from '../simulated/litellm';
import { startSimulatedLlm } from '../simulated/llm';
import type { SqlPool } from '../vault/sql-pool';
import { createLiteLlm, LITELLM, type LiteLlm } from './litellm';
import { createLlm, LLM, type Llm } from './llm';

export interface UpstreamSettings {
  liteLlm: { url: string | undefined; masterKey: string | undefined; timeoutMs: number; maxRetries: number; retryDelayMs: number };
  llm: { baseUrl: string | undefined; apiKey: string | undefined };
}

export interface Upstreams {
  liteLlm: LiteLlm;
  llm: Llm;
  /** Which of them are simulated because nothing was configured. */
  simulated: { liteLlm: boolean; llm: boolean };
  close(): Promise<void>;
}

/**
 * The vendors the product talks to. What is not configured is simulated by a small server on loopback that speaks the
 * same protocol, so there is one code path. Configured addresses are the operator's and may be private.
 * @throws BaseUrlRefused when a configured URL is not one we may call
 */
export async function openUpstreams({ liteLlm, llm }: UpstreamSettings, { pool }: { pool: SqlPool }): Promise<Upstreams> {
  const vendors: SimulatedVendor[] = [];
  const simulated = async (start: Promise<SimulatedVendor>): Promise<{ baseUrl: string; secret: string }> => {
    const vendor = await start;
    vendors.push(vendor);
    return { baseUrl: vendor.url, secret: vendor.secret };
  };
  const closeVendors = async (): Promise<void> => void await Promise.all(vendors.map((vendor) => vendor.close()));
  try {
    const gateway = createGateway({
      upstreams: [
        {
          name: LITELLM,
          allowPrivate: true,
          ...(liteLlm.url === undefined ? await simulated(startSimulatedLiteLlm({ pool })) : { baseUrl: liteLlm.url, secret: liteLlm.masterKey }),
        },
        {
          name: LLM,
          allowPrivate: true,
          ...(llm.baseUrl === undefined ? await simulated(startSimulatedLlm()) : { baseUrl: llm.baseUrl, secret: llm.apiKey }),
        },
      ],
    });
    return {
      liteLlm: createLiteLlm({ gateway, timeoutMs: liteLlm.timeoutMs, maxRetries: liteLlm.maxRetries, retryDelayMs: liteLlm.retryDelayMs }),
      llm: createLlm({ gateway }),
      simulated: { liteLlm: liteLlm.url === undefined, llm: llm.baseUrl === undefined },
      close: async () => {
        await gateway.close();
        await closeVendors();
      },
    };
  } catch (error) {
    await closeVendors();
    throw error;
  }
}

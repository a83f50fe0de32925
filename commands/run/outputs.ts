import { v5 } from 'uuid';
import type { RunOutputData } from '../../schema/run/events';
import { LARGEST_COUNT } from '../../schema/run/events';
import type { OutputKeeper } from '../../src/blobs/port';
import type { VendorAsset } from '../../src/upstreams/generation';
import type { Vault } from '../../src/vault/port';
import { sourcePlace, type RunPlace } from './sealed-places';

/** Namespace of the ids of outputs; must never change. */
const NAMESPACE = '5b7f6c1d-3f9b-5d0e-8f57-2d0a5f3c9e61';
/** Most files of one run that are kept. */
const MOST_OUTPUTS = 20;
/** Of a file that could not be fetched. */
const UNKNOWN_TYPE = 'application/octet-stream';

export interface KeepingServices {
  vault: Pick<Vault, 'seal'>;
  keeper: OutputKeeper;
}

export interface Making extends RunPlace {
  attempt: number;
  /** Name of the gateway's upstream. */
  vendor: string;
  signal: AbortSignal;
  /** Asks the vendor for addresses once more, because those it gave have ended. */
  fresh(): Promise<readonly VendorAsset[]>;
}

/**
 * Fetches what the vendor made, each file under an id that doing it again finds again. What cannot be fetched, not even
 * from a fresh address, is kept by the vendor's own address alone.
 */
export async function keepOutputs(services: KeepingServices, making: Making, assets: readonly VendorAsset[]): Promise<RunOutputData[]> {
  let fresh: Promise<readonly VendorAsset[]> | undefined;
  const outputs: RunOutputData[] = [];
  for (const [index, asset] of assets.slice(0, MOST_OUTPUTS).entries()) {
    const outputId = outputIdOf(making.runId, making.attempt, index);
    const kept = await keep(services, making, asset, outputId) ?? await keepFresh(outputId, asset, index);
    outputs.push(await described(services, making, asset, outputId, kept));
  }
  return outputs;

  async function keepFresh(outputId: string, { url }: VendorAsset, index: number) {
    fresh ??= making.fresh();
    const asset = (await fresh)[index];
    return asset && asset.url !== url ? keep(services, making, asset, outputId) : undefined;
  }
}

/**
 * Removes what was fetched of an attempt, whole or in part.
 * @param count files that the vendor has made
 */
export async function removeOutputs({ keeper }: KeepingServices, { tenant, runId, attempt }: RunPlace & { attempt: number }, count: number): Promise<void> {
  for (let index = 0; index < Math.min(count, MOST_OUTPUTS); index++) await keeper.remove(keyOf({ tenant, runId }, outputIdOf(runId, attempt, index)));
}

const outputIdOf = (runId: string, attempt: number, index: number): string => v5(`${runId} ${attempt} ${index}`, NAMESPACE);

type Kept = Awaited<ReturnType<OutputKeeper['keep']>>;

function keep({ keeper }: KeepingServices, { tenant, runId, vendor, signal }: Making, { url, kind }: VendorAsset, outputId: string): Promise<Kept> {
  return keeper.keep({ url, kind, key: keyOf({ tenant, runId }, outputId), vendor, signal });
}

/** Of a file in the blob store. */
const keyOf = ({ tenant, runId }: RunPlace, outputId: string): string => `${tenant}/${runId}/${outputId}`;

async function described({ vault }: KeepingServices, making: Making, asset: VendorAsset, outputId: string, kept: Kept): Promise<RunOutputData> {
  const { kind, url, durationMs } = asset;
  return {
    outputId, kind,
    contentType: kept?.contentType ?? UNKNOWN_TYPE,
    bytes: Math.min(kept?.bytes ?? 0, LARGEST_COUNT),
    width: kept?.width ?? null,
    height: kept?.height ?? null,
    durationMs: durationMs === null ? null : countOf(durationMs),
    blob: kept?.blob ?? null,
    thumbnail: kept?.thumbnail ?? null,
    digest: kept?.digest ?? null,
    source: await vault.seal(sourcePlace(making, outputId), url),
  };
}

/** Vendors and clocks may say anything. */
export function countOf(value: number): number {
  return Math.min(Math.max(0, Math.trunc(value) || 0), LARGEST_COUNT);
}

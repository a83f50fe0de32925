import {
  klingCount, klingCreativity, klingDurations, klingImageRatios, klingModels, klingModes, klingVideoRatios, legnextQualities, legnextRanges, legnextRatios,
  legnextVersions,
} from '../../../schema/run/parameter-rules';
import type { LegnextParameters } from '../../../schema/run/parameters';
import type { Operation, Scenario } from './gql/documents';

/** What the forms hold, what stands there at first, and what is sent of it. */

export type LegnextOptions = NonNullable<LegnextParameters['options']>;

export interface LegnextForm {
  prompt: string;
  /** False leaves all parameters to the vendor; what was chosen stays for when they are switched on again. */
  withOptions: boolean;
  options: LegnextOptions;
}

export const klingKinds = ['image', 'text-to-video', 'image-to-video'] as const;
export type KlingKind = (typeof klingKinds)[number];

/** What is kept of the form for Kling under a name: all but words and picture. */
export interface KlingOptions {
  model: (typeof klingModels)[number];
  imageRatio: (typeof klingImageRatios)[number];
  videoRatio: (typeof klingVideoRatios)[number];
  mode: (typeof klingModes)[number];
  durationSeconds: (typeof klingDurations)[number];
  creativity: number;
  count: number;
}

export interface KlingForm {
  prompt: string;
  negativePrompt: string;
  options: KlingOptions;
  /** What a video begins with: the id of an output of one's own, or else an https address. */
  image: string;
  imageAddress: string;
}

/** How a run is followed, and by whom it is done. */
export interface RunSettings {
  autoPoll: boolean;
  pollIntervalSeconds: number;
  maxWaitSeconds: number;
  /** Null: the vendor. */
  scenario: Scenario | null;
}

export const pollInterval = { min: 1, max: 10, initial: 2 } as const;
export const maxWait = { min: 10, max: 300, initial: 120 } as const;

export const legnextDefaults: LegnextOptions = {
  aspectRatio: '1:1',
  version: '7',
  quality: '1',
  stylize: legnextRanges.stylize.initial,
  chaos: legnextRanges.chaos.initial,
  weird: legnextRanges.weird.initial,
  stop: legnextRanges.stop.initial,
  tile: false,
  raw: false,
  draft: false,
};

export const klingDefaults: KlingOptions = {
  model: 'kling-v1',
  imageRatio: '1:1',
  videoRatio: '16:9',
  mode: 'std',
  durationSeconds: '5',
  creativity: klingCreativity.initial,
  count: klingCount.initial,
};

export const defaultSettings: RunSettings = {
  autoPoll: true, pollIntervalSeconds: pollInterval.initial, maxWaitSeconds: maxWait.initial, scenario: null,
};

type Kept = Record<string, unknown>;

const oneOf = <Value extends string>(values: readonly Value[], fallback: Value) => (kept: unknown): Value =>
  values.find((value) => value === kept) ?? fallback;
const within = ({ min, max, initial }: { min: number; max: number; initial: number }) => (kept: unknown): number =>
  (Number.isInteger(kept) && Number(kept) >= min && Number(kept) <= max ? Number(kept) : initial);

const recordOf = (kept: unknown): Kept => (kept && typeof kept === 'object' ? kept as Kept : {});

/** What was kept, as far as it still makes sense; the defaults for the rest. */
export function legnextOptionsOf(kept: unknown): LegnextOptions {
  const { aspectRatio, version, quality, stylize, chaos, weird, stop, tile, raw, draft } = recordOf(kept);
  return {
    aspectRatio: oneOf(legnextRatios, legnextDefaults.aspectRatio)(aspectRatio),
    version: oneOf(legnextVersions, legnextDefaults.version)(version),
    quality: oneOf(legnextQualities, legnextDefaults.quality)(quality),
    stylize: within(legnextRanges.stylize)(stylize),
    chaos: within(legnextRanges.chaos)(chaos),
    weird: within(legnextRanges.weird)(weird),
    stop: within(legnextRanges.stop)(stop),
    tile: tile === true,
    raw: raw === true,
    draft: draft === true,
  };
}

/** The same for Kling. */
export function klingOptionsOf(kept: unknown): KlingOptions {
  const { model, imageRatio, videoRatio, mode, durationSeconds, creativity, count } = recordOf(kept);
  return {
    model: oneOf(klingModels, klingDefaults.model)(model),
    imageRatio: oneOf(klingImageRatios, klingDefaults.imageRatio)(imageRatio),
    videoRatio: oneOf(klingVideoRatios, klingDefaults.videoRatio)(videoRatio),
    mode: oneOf(klingModes, klingDefaults.mode)(mode),
    durationSeconds: oneOf(klingDurations, klingDefaults.durationSeconds)(durationSeconds),
    creativity: within(klingCreativity)(creativity),
    count: within(klingCount)(count),
  };
}

/** What LegNext gets. */
export const legnextParametersOf = ({ prompt, withOptions, options }: LegnextForm): LegnextParameters => ({
  prompt: prompt.trim(), options: withOptions ? options : null,
});

export const klingOperations = {
  'image': 'KLING_IMAGE', 'text-to-video': 'KLING_TEXT_TO_VIDEO', 'image-to-video': 'KLING_IMAGE_TO_VIDEO',
} as const satisfies Record<KlingKind, Operation>;

/** What Kling gets: only what the kind of work knows. A video from a picture has the ratio of the picture. */
export function klingParametersOf(kind: KlingKind, { prompt, negativePrompt, options, image, imageAddress }: KlingForm): Record<string, unknown> {
  const { model, imageRatio, videoRatio, mode, durationSeconds, creativity, count } = options;
  const words = { prompt: prompt.trim(), negativePrompt: negativePrompt.trim(), model };
  switch (kind) {
    case 'image':
      return { ...words, aspectRatio: imageRatio, count };
    case 'text-to-video':
      return { ...words, mode, durationSeconds, creativity, aspectRatio: videoRatio };
    case 'image-to-video':
      return { ...words, mode, durationSeconds, creativity, image: image || imageAddress.trim() };
    default:
      return kind satisfies never;
  }
}

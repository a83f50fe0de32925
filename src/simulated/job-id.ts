import { randomBytes } from 'node:crypto';
import type { Ratio } from './pictures';

/**
 * What a simulated vendor must know of its work. It all stands in the work's id, so that every process that plays the
 * vendor knows it, and knows it after a restart.
 */
export interface SimulatedJob {
  id: string;
  /** When it was submitted, milliseconds since 1970. */
  startedAt: number;
  /** `images`, or the kind of video. */
  kind: 'images' | 'text2video' | 'image2video';
  /** Pictures, or seconds of a video. */
  amount: number;
  ratio: Ratio;
}

const KINDS: readonly SimulatedJob['kind'][] = ['images', 'text2video', 'image2video'];
const FORM = /^sim-([0-9a-z]{1,9})-([0-2])-(\d{1,2})-([1-9]\d?)x([1-9]\d?)-[\w-]{12}$/;
const RATIO = /^([1-9]\d?):([1-9]\d?)$/;

export function newJob(job: Omit<SimulatedJob, 'id'>): SimulatedJob {
  const { startedAt, kind, amount, ratio } = job;
  const id = ['sim', startedAt.toString(36), KINDS.indexOf(kind), amount, ratio.join('x'), randomBytes(9).toString('base64url')].join('-');
  return { ...job, id };
}

/** @returns undefined for an id that no simulated vendor gave */
export function jobOf(id: string): SimulatedJob | undefined {
  const [, startedAt, kind, amount, width, height] = FORM.exec(id) ?? [];
  if (startedAt === undefined) return undefined;
  return { id, startedAt: parseInt(startedAt, 36), kind: KINDS[Number(kind)]!, amount: Number(amount), ratio: [Number(width), Number(height)] };
}

/** A ratio such as `16:9`; a square for anything else. */
export function ratioOf(text: unknown): Ratio {
  const [, width, height] = RATIO.exec(String(text)) ?? [];
  return width === undefined ? [1, 1] : [Number(width), Number(height)];
}

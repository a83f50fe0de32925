import type { Call, Reply } from './http-server';
import { jobOf } from './job-id';
import { film, picture } from './pictures';

const PATH = /^\/results\/([^/]+)\/(\d{1,2})\.(png|webm)$/;

/** Address of the `index`-th file that a job made, on the server that is asked. */
export function resultUrl({ headers }: Pick<Call, 'headers'>, base: string, jobId: string, index: number, extension: 'png' | 'webm'): string {
  return `http://${headers.host}${base}/results/${jobId}/${index}.${extension}`;
}

/** Serves what simulated jobs made; undefined for any other path. @param path below the base path */
export async function resultOf(method: string, path: string): Promise<Reply | undefined> {
  const [, id = '', index, extension] = PATH.exec(path) ?? [];
  const job = jobOf(id);
  if (method !== 'GET' || !job) return undefined;
  const name = `${id}/${index}`;
  if (extension === 'png' && job.kind === 'images' && Number(index) < job.amount) {
    return { status: 200, contentType: 'image/png', body: await picture(name, job.ratio) };
  }
  if (extension === 'webm' && job.kind !== 'images' && Number(index) === 0 && job.amount <= 10) {
    return { status: 200, contentType: 'video/webm', body: await film(name, job.ratio, job.amount) };
  }
  return undefined;
}

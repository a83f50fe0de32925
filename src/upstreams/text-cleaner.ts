import type { Scrubber } from '../outbound/scrubber';

/** Makes streamed text safe to keep: no secret of ours, no control characters (Postgres refuses NUL), no half characters. */
export interface TextCleaner {
  push(text: string): string;
  /** What was held back. */
  end(): string;
}

export function createTextCleaner(scrubber: Scrubber): TextCleaner {
  const stream = scrubber.stream();
  const decoder = new TextDecoder();
  let half = '';
  const plain = (text: string): string => text.replace(/[^\P{Cc}\t\n\r]/gu, '').replace(/\p{Cs}/gu, '\ufffd');
  const scrubbed = (text: string): string => decoder.decode(stream.push(Buffer.from(plain(text), 'utf8')), { stream: true });
  return {
    push(text) {
      const whole = half + text;
      // Servers cut answers anywhere, even between the two halves of an emoji.
      half = /[\ud800-\udbff]$/.test(whole) ? whole.slice(-1) : '';
      return scrubbed(half ? whole.slice(0, -1) : whole);
    },
    end: () => scrubbed(half) + decoder.decode(stream.end()),
  };
}

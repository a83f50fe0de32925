/** What jsdom lacks and the components ask for. */
import { TextDecoder, TextEncoder } from 'node:util';

Object.assign(globalThis, { TextEncoder, TextDecoder });

window.matchMedia = (query) => ({
  matches: false,
  media: query,
  onchange: null,
  addListener: () => undefined,
  removeListener: () => undefined,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  dispatchEvent: () => false,
});

/** Tells an element's size at once: 1000 by 600. */
window.ResizeObserver = class {
  constructor(private readonly report: ResizeObserverCallback) {}

  observe(target: Element): void {
    const size = [{ inlineSize: 1000, blockSize: 600 }];
    const contentRect = target.getBoundingClientRect();
    this.report([{ target, contentRect, borderBoxSize: size, contentBoxSize: size, devicePixelContentBoxSize: size }], this);
  }

  unobserve(): void {}

  disconnect(): void {}
};

Object.defineProperties(HTMLElement.prototype, {
  offsetHeight: { get: () => 600 },
  offsetWidth: { get: () => 1000 },
  clientHeight: { get: () => 600 },
});

Element.prototype.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;

/** Hands a message at once to the other channels of its name. */
class Channel {
  private static readonly open = new Set<Channel>();
  onmessage: ((event: { data: unknown }) => void) | null = null;

  constructor(readonly name: string) {
    Channel.open.add(this);
  }

  postMessage(data: unknown): void {
    [...Channel.open].filter((other) => other !== this && other.name === this.name).forEach((other) => other.onmessage?.({ data }));
  }

  close(): void {
    Channel.open.delete(this);
  }
}

Object.assign(globalThis, { BroadcastChannel: Channel });

Blob.prototype.text ??= function text(this: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsText(this);
  });
};

window.scrollTo = () => undefined;

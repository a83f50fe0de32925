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

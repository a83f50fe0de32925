import createPurify, { type WindowLike } from 'dompurify';
import { JSDOM } from 'jsdom';
import { PictureFault } from './picture-fault';

/**
 * More than any logo needs. Parsers take ever longer for the next attribute of a part, and some 40 microseconds for each
 * anyway: the worst drawings within these bounds take a second of one core, usual ones with a thousand parts a quarter.
 */
const MAX_TAGS = 2_000;
const MAX_ATTRIBUTES = 100;
const MAX_ATTRIBUTES_IN_ALL = 20_000;
const SVG = 'http://www.w3.org/2000/svg';
const XLINK = 'http://www.w3.org/1999/xlink';

/** A browser's document without a browser: large, so only the thread of `svg-thread.ts` loads it. */
const { window } = new JSDOM('');
const purify = createPurify(window as unknown as WindowLike);

/** What could run, load, animate or lead away; also other languages inside the picture. */
const FORBIDDEN_ELEMENTS = [
  'script', 'foreignObject', 'a', 'use', 'image', 'feImage', 'iframe', 'object', 'embed', 'audio', 'video', 'canvas',
  'animate', 'animateColor', 'animateMotion', 'animateTransform', 'set', 'mpath', 'discard',
  'handler', 'listener', 'metadata', 'switch', 'view', 'cursor',
  'font', 'font-face', 'font-face-src', 'font-face-uri',
];

/**
 * What is left of a drawing when everything that is no drawing is taken out: nothing in it runs, loads or leads away.
 * Blocks its thread for as long as that takes; `svg-thread.ts` does it beside the event loop.
 * @throws PictureFault when it is no single drawing
 */
export function harmlessSvg(sent: Uint8Array): Buffer {
  try {
    return drawingOf(sent);
  } catch (error) {
    if (error instanceof PictureFault) throw error;
    // Whatever the parser stumbles over, for example parts within parts without end, is the drawing's fault.
    throw new PictureFault('svg', 'This SVG drawing cannot be read.', { cause: error });
  }
}

function drawingOf(sent: Uint8Array): Buffer {
  const text = textOf(sent);
  const parts = text.split('<');
  if (parts.length > MAX_TAGS) throw fault(`A logo has at most ${MAX_TAGS} parts.`);
  if (text.split('=').length > MAX_ATTRIBUTES_IN_ALL) throw fault(`A logo has at most ${MAX_ATTRIBUTES_IN_ALL} attributes.`);
  if (parts.some((part) => part.split('=').length > MAX_ATTRIBUTES)) throw fault(`A part of a logo has at most ${MAX_ATTRIBUTES} attributes.`);
  const parsed = wellFormed(text);
  const clean = purify.sanitize(new window.XMLSerializer().serializeToString(parsed), {
    USE_PROFILES: { svg: true, svgFilters: true },
    FORBID_TAGS: FORBIDDEN_ELEMENTS,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOW_UNKNOWN_PROTOCOLS: false,
    RETURN_DOM: true,
  }) as Element;
  const [root, ...more] = clean.children;
  if (!root || more.length > 0 || !isSvg(root)) throw fault('This is not one SVG drawing.');
  for (const element of [root, ...root.querySelectorAll('*')]) judgeElement(element);
  const drawing = new window.XMLSerializer().serializeToString(root);
  wellFormed(drawing);
  return Buffer.from(drawing, 'utf8');
}

function fault(message: string): PictureFault {
  return new PictureFault('svg', message);
}

/** A document type as drawing programs write it says nothing; one with declarations of its own could say anything. */
function textOf(sent: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(sent);
  } catch {
    throw fault('An SVG drawing is text in UTF-8.');
  }
  const plain = text.replace(/^\s*<\?xml[^>]*\?>/, '').replace(/<!DOCTYPE\s[^<>[\]]*>/, '');
  if (/<!(?!--|\[CDATA\[)/.test(plain) || plain.includes('<?')) throw fault('An SVG drawing declares nothing.');
  return plain.trim();
}

/** The root of a text that is one SVG drawing and nothing else. */
function wellFormed(text: string): Element {
  let root: Element;
  try {
    root = new window.DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  } catch {
    throw fault('This is not a well-formed SVG drawing.');
  }
  if (!isSvg(root)) throw fault('This is not a well-formed SVG drawing.');
  return root;
}

function isSvg(element: Element): boolean {
  return element.namespaceURI === SVG && element.localName === 'svg' && element.prefix === null;
}

/** Looks once more at what the sanitiser let pass, by rules of our own: whatever they do not allow goes. */
function judgeElement(element: Element): void {
  if (element.namespaceURI !== SVG || FORBIDDEN_ELEMENTS.some((name) => name.toLowerCase() === element.localName.toLowerCase())) {
    element.remove();
    return;
  }
  if (element.localName === 'style' && !isHarmlessStyle(element.textContent ?? '')) {
    element.remove();
    return;
  }
  for (const attribute of [...element.attributes]) {
    if (!isHarmless(attribute)) element.removeAttributeNode(attribute);
  }
}

function isHarmless({ localName, namespaceURI, value }: Attr): boolean {
  const name = localName.toLowerCase();
  if (name.startsWith('on')) return false;
  if (name === 'href' || name === 'src' || namespaceURI === XLINK) return name === 'href' && /^#[\w.-]+$/.test(value);
  return isHarmlessStyle(value);
}

/** Style, and values that may refer to something: only to what is in the drawing itself. */
function isHarmlessStyle(text: string): boolean {
  if (/[\\@<]|\/\*|javascript:|data:|expression|-moz-binding|behavior|image-set/i.test(text)) return false;
  if (/(?:^|[^\w-])(?:src|image|cross-fade|element|attr)\s*\(/i.test(text)) return false;
  return !/url\s*\(/i.test(text.replace(/url\(\s*(["']?)#[\w.-]+\1\s*\)/gi, ''));
}

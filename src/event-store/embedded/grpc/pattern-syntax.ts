import { invalidArgument } from './errors';

/** A regular expression taken apart. Texts are matched by UTF-16 unit, as .NET and JavaScript do. */
export type Node =
  | { kind: 'unit'; matches(unit: number): boolean }
  | { kind: 'assert'; holds(text: string, at: number): boolean }
  | { kind: 'sequence'; parts: Node[] }
  | { kind: 'choice'; options: Node[] }
  | { kind: 'repeat'; part: Node; least: number; most: number };

type Matcher = (unit: number) => boolean;

const MAX_LENGTH = 1_000;
const MAX_REPEAT = 1_000;
const MAX_DEPTH = 50;

const isDigit: Matcher = (unit) => unit >= 0x30 && unit <= 0x39;
const isWord: Matcher = (unit) => isDigit(unit) || unit === 0x5f || /\p{L}/u.test(String.fromCharCode(unit));
const isSpace: Matcher = (unit) => /\s/.test(String.fromCharCode(unit));
const not = (matches: Matcher): Matcher => (unit) => !matches(unit);
const CLASSES: Record<string, Matcher> = { d: isDigit, D: not(isDigit), w: isWord, W: not(isWord), s: isSpace, S: not(isSpace) };
const CONTROLS: Record<string, number> = { t: 9, n: 10, v: 11, f: 12, r: 13, e: 27 };

const atStart = (_text: string, at: number): boolean => at === 0;
const atEnd = (text: string, at: number): boolean => at === text.length;
const atWordEdge = (text: string, at: number): boolean =>
  (at > 0 && isWord(text.charCodeAt(at - 1))) !== (at < text.length && isWord(text.charCodeAt(at)));
const ASSERTIONS: Record<string, (text: string, at: number) => boolean> = {
  A: atStart, z: atEnd, Z: atEnd, b: atWordEdge, B: (text, at) => !atWordEdge(text, at),
};

/**
 * Parses what .NET and JavaScript have in common: literals, `.`, classes, groups, `|`, greedy and lazy quantifiers,
 * `^ $ \b \B`. Lookaround and back-references are refused, since they cannot be matched in linear time.
 * @throws CallError INVALID_ARGUMENT saying what is wrong
 */
export function parsePattern(source: string): Node {
  const fail = (why: string): never => {
    throw invalidArgument(`The filter's regular expression ${why}: ${source.slice(0, 100)}`);
  };
  if (source.length > MAX_LENGTH) fail(`is longer than ${MAX_LENGTH} characters`);
  let at = 0;
  const peek = (): string => source.charAt(at);
  const eat = (text: string): boolean => {
    if (!source.startsWith(text, at)) return false;
    at += text.length;
    return true;
  };

  const choice = (depth: number): Node => {
    if (depth > MAX_DEPTH) fail('is nested too deeply');
    const options = [sequence(depth)];
    while (eat('|')) options.push(sequence(depth));
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  };

  const sequence = (depth: number): Node => {
    const parts: Node[] = [];
    while (at < source.length && peek() !== '|' && peek() !== ')') parts.push(quantified(atom(depth)));
    return { kind: 'sequence', parts };
  };

  const quantified = (part: Node): Node => {
    const bounds = quantifier();
    if (!bounds) return part;
    eat('?');
    if (quantifier()) fail('repeats a repetition');
    return { kind: 'repeat', part, ...bounds };
  };

  const quantifier = (): { least: number; most: number } | undefined => {
    if (eat('*')) return { least: 0, most: Infinity };
    if (eat('+')) return { least: 1, most: Infinity };
    if (eat('?')) return { least: 0, most: 1 };
    const [text, least, comma, most] = /^\{(\d+)(,?)(\d*)\}/.exec(source.slice(at)) ?? [];
    if (text === undefined) return undefined;
    at += text.length;
    const bounds = { least: Number(least), most: !comma ? Number(least) : most ? Number(most) : Infinity };
    if (bounds.most < bounds.least) fail('has a repetition that ends before it starts');
    if (bounds.least > MAX_REPEAT || (bounds.most > MAX_REPEAT && bounds.most !== Infinity)) fail(`repeats more than ${MAX_REPEAT} times`);
    return bounds;
  };

  const atom = (depth: number): Node => {
    const symbol = source[at++]!;
    switch (symbol) {
      case '(': return group(depth);
      case '[': return { kind: 'unit', matches: characterClass() };
      case '.': return { kind: 'unit', matches: (unit) => unit !== 10 };
      case '^': return { kind: 'assert', holds: atStart };
      case '$': return { kind: 'assert', holds: atEnd };
      case '*': case '+': case '?': return fail('has nothing to repeat');
      case '\\': {
        const holds = ASSERTIONS[peek()];
        if (!holds) return { kind: 'unit', matches: escape() };
        at += 1;
        return { kind: 'assert', holds };
      }
      default: return literal(symbol.charCodeAt(0));
    }
  };

  const group = (depth: number): Node => {
    const named = /^\?<[A-Za-z_]\w*>/.exec(source.slice(at))?.[0];
    if (named) at += named.length;
    else if (!eat('?:') && peek() === '?') fail('uses lookaround or options, which are not supported');
    const inner = choice(depth + 1);
    if (!eat(')')) fail('has a group that is not closed');
    return inner;
  };

  /** What stands behind a backslash, for one unit. */
  const escape = (): Matcher => {
    const symbol = source[at++];
    if (symbol === undefined) return fail('ends in a backslash');
    const known = CLASSES[symbol];
    if (known) return known;
    const hex = symbol === 'x' ? 2 : symbol === 'u' ? 4 : 0;
    const digits = source.slice(at, at + hex);
    if (hex > 0 && digits.length === hex && /^[0-9a-f]+$/i.test(digits)) {
      at += hex;
      return exactly(parseInt(digits, 16));
    }
    const control = CONTROLS[symbol];
    if (control !== undefined) return exactly(control);
    if (/[A-Za-z0-9]/.test(symbol)) return fail(`uses \\${symbol}, which is not supported`);
    return exactly(symbol.charCodeAt(0));
  };

  const characterClass = (): Matcher => {
    const negated = eat('^');
    const members: Matcher[] = [];
    for (let first = true; first || peek() !== ']'; first = false) {
      if (at >= source.length) fail('has a character class that is not closed');
      members.push(member());
    }
    at += 1;
    const matches: Matcher = (unit) => members.some((isIn) => isIn(unit));
    return negated ? not(matches) : matches;
  };

  const member = (): Matcher => {
    const low = classUnit();
    if (typeof low === 'function' || peek() !== '-' || source.charAt(at + 1) === ']') return typeof low === 'function' ? low : exactly(low);
    at += 1;
    const high = classUnit();
    if (typeof high === 'function' || high < low) return fail('has a range that makes no sense');
    return (unit) => unit >= low && unit <= high;
  };

  /** One unit of a character class, or a class within it. */
  const classUnit = (): number | Matcher => {
    if (!eat('\\')) return source.charCodeAt(at++);
    if (peek() === 'b') {
      at += 1;
      return 8;
    }
    const matches = escape();
    return (matches as { unit?: number }).unit ?? matches;
  };

  const root = choice(0);
  if (at < source.length) fail('closes a group that was not opened');
  return root;
}

function literal(unit: number): Node {
  return { kind: 'unit', matches: exactly(unit) };
}

/** Matches one unit, and remembers which, for the ends of a range. */
function exactly(unit: number): Matcher {
  return Object.assign((other: number) => other === unit, { unit });
}

import { invalidArgument } from './errors';
import { parsePattern, type Node } from './pattern-syntax';

/**
 * Regular expressions of filters come from callers, so they are matched by simulating all paths at once (Thompson's
 * construction): time grows with pattern times text, whatever the pattern, and no text can make it explode.
 */

type Instruction =
  | { op: 'accept' }
  | { op: 'unit'; matches(unit: number): boolean; next: number }
  | { op: 'split'; first: number; second: number }
  | { op: 'assert'; holds(text: string, at: number): boolean; next: number };

/** Bounds the work for one text. */
const MAX_INSTRUCTIONS = 2_000;

/**
 * Compiles a regular expression that may match anywhere in a text, as in .NET's `IsMatch`.
 * @throws CallError INVALID_ARGUMENT for what is malformed, too large, or cannot be matched in linear time
 */
export function compilePattern(source: string): (text: string) => boolean {
  const program: Instruction[] = [{ op: 'accept' }];
  const emit = (instruction: Instruction): number => {
    if (program.length >= MAX_INSTRUCTIONS) throw invalidArgument(`The filter's regular expression is too large: ${source.slice(0, 100)}`);
    return program.push(instruction) - 1;
  };
  const start = compileNode(parsePattern(source), 0, program, emit);
  return (text) => runs(program, start, text);
}

/** Compiles back to front: answers the instruction at which `node`, followed by `next`, starts. */
function compileNode(node: Node, next: number, program: Instruction[], emit: (instruction: Instruction) => number): number {
  const compile = (child: Node, then: number): number => compileNode(child, then, program, emit);
  switch (node.kind) {
    case 'unit': return emit({ op: 'unit', matches: node.matches, next });
    case 'assert': return emit({ op: 'assert', holds: node.holds, next });
    case 'sequence': return node.parts.reduceRight((then, part) => compile(part, then), next);
    case 'choice': {
      const starts = node.options.map((option) => compile(option, next));
      return starts.reduceRight((second, first) => emit({ op: 'split', first, second }));
    }
    case 'repeat': {
      let start = next;
      if (node.most === Infinity) {
        const loop = emit({ op: 'split', first: next, second: next });
        program[loop] = { op: 'split', first: compile(node.part, loop), second: next };
        start = loop;
      } else {
        for (let i = node.least; i < node.most; i += 1) start = emit({ op: 'split', first: compile(node.part, start), second: next });
      }
      for (let i = 0; i < node.least; i += 1) {
        const before = start;
        start = compile(node.part, start);
        // An empty part needs no copies; nested ones would cost time that the size limit does not see.
        if (start === before) break;
      }
      return start;
    }
    default: return node satisfies never;
  }
}

function runs(program: readonly Instruction[], start: number, text: string): boolean {
  let threads: number[] = [];
  for (let at = 0; at <= text.length; at += 1) {
    const seen = new Set<number>();
    const units: Extract<Instruction, { op: 'unit' }>[] = [];
    const open = [start, ...threads];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const instruction = program[next]!;
      if (instruction.op === 'accept') return true;
      if (instruction.op === 'unit') units.push(instruction);
      else if (instruction.op === 'split') open.push(instruction.first, instruction.second);
      else if (instruction.holds(text, at)) open.push(instruction.next);
    }
    const unit = text.charCodeAt(at);
    threads = units.filter(({ matches }) => matches(unit)).map(({ next }) => next);
  }
  return false;
}

const fence = /^ {0,3}(`{3,}|~{3,})/;

/**
 * Cuts markdown at blank lines outside code fences and before unindented text, so that while a text grows only its
 * last part changes. No line is lost but the blank ones between the parts.
 */
export function splitBlocks(markdown: string): readonly string[] {
  const blocks: string[][] = [];
  let open: string | undefined;
  let afterBlank = true;
  for (const line of markdown.split('\n')) {
    const inFence = open !== undefined;
    const mark = fence.exec(line)?.[1];
    if (mark !== undefined) {
      const closes = open !== undefined && mark[0] === open[0] && mark.length >= open.length;
      open = closes ? undefined : (open ?? mark);
    }
    const blank = line.trim() === '';
    if (afterBlank && !inFence && !blank && (blocks.length === 0 || !/^\s/.test(line))) {
      blocks.push([]);
    }
    blocks.at(-1)?.push(line);
    afterBlank = blank && !inFence;
  }
  return blocks.map((lines) => lines.slice(0, lines.findLastIndex((line) => line.trim() !== '') + 1).join('\n'));
}

const bare = (sentence: string): string => sentence.replace(/\.$/, '');

/**
 * Which sentences about a failure to show below its title: none that the title says, or another of them with more beside.
 * @param sentences those that are missing are left out
 */
export function saidBeside(title: string, sentences: readonly (string | null | undefined)[]): string[] {
  const said = [...new Set(sentences)].flatMap((sentence) => sentence || []);
  return said.filter((sentence) => bare(sentence) !== bare(title) && !said.some((other) => other !== sentence && other.startsWith(sentence)));
}

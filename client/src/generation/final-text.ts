import { legnextText } from '../../../schema/run/parameter-rules';
import type { LegnextParameters } from '../../../schema/run/parameters';

export interface FinalText {
  /** As the vendor gets it. */
  text: string;
  words: string;
  /** Each with its value, in order. */
  parameters: readonly string[];
}

/** The exact text for LegNext in its parts: words, one space, and the parameters with one space between them. */
export function finalTextOf(parameters: LegnextParameters): FinalText {
  const text = legnextText(parameters);
  const words = parameters.prompt;
  return { text, words, parameters: text.slice(words.length).split(/ (?=--)/).filter((part) => part !== '') };
}

const typed = /(?:^|\s)--(?:ar|aspect|v|version|niji|q|quality|s|stylize|c|chaos|w|weird|stop|tile|style|raw|draft)\b/i;

/** Whether the words name a parameter themselves: beside the panel it would be said twice. */
export const namesParameters = (words: string): boolean => typed.test(words);

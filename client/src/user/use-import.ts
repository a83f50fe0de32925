import { useState } from 'react';
import type { Problem } from '../graphql/problem';
import { useAct } from '../graphql/use-act';
import { splitCsv } from '../lib/csv';
import { ImportUsersDocument, type ImportUsersMutation } from './gql/documents';

export type ImportedLine = NonNullable<ImportUsersMutation['importUsers']['lines']>[number];

/** Most people a request, as the API has it. */
const importSize = 500;

export interface ImportReport {
  dryRun: boolean;
  lines: readonly ImportedLine[];
  /** Every part was judged. */
  complete: boolean;
}

export interface Import {
  busy: boolean;
  report: ImportReport | undefined;
  /** How far what is going on is, 0 to 1. */
  progress: number;
  problems: readonly Problem[];
  /** Judges a file, part by part; or, when it stopped half way, goes on there. */
  run(csv: string, dryRun: boolean): Promise<void>;
  /** The same once more: a trial that stopped stays a trial. */
  again(): Promise<void>;
  /** Back to the choice of a file. */
  reset(): void;
}

interface Progress {
  csv: string;
  dryRun: boolean;
  parts: number;
  done: number;
  lines: readonly ImportedLine[];
}

/** Sends a file of any length in parts that the API takes, and counts lines as the whole file does. */
export function useImport(): Import {
  const act = useAct(ImportUsersDocument, ({ importUsers }) => importUsers);
  const [held, setHeld] = useState<Progress>();
  const [last, setLast] = useState({ csv: '', dryRun: true });
  const [progress, setProgress] = useState(0);
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly Problem[]>([]);

  async function run(csv: string, dryRun: boolean): Promise<void> {
    const parts = splitCsv(csv, importSize);
    const goesOn = held && held.csv === csv && held.dryRun === dryRun && held.done < held.parts;
    let state: Progress = goesOn ? held : { csv, dryRun, parts: parts.length, done: 0, lines: [] };
    setLast({ csv, dryRun });
    setProgress(state.done / state.parts);
    setBusy(true);
    setProblems([]);
    for (const part of parts.slice(state.done)) {
      const { payload, problems: found } = await act.send({ csv: part.csv, dryRun });
      if (!payload) {
        setProblems(found);
        break;
      }
      const lines = (payload.lines ?? []).map((line) => ({ ...line, line: line.line + part.skipped }));
      state = { ...state, done: state.done + 1, lines: [...state.lines, ...lines] };
      setHeld(state);
      setProgress(state.done / state.parts);
    }
    setBusy(false);
  }

  return {
    busy,
    problems,
    progress,
    report: held && { dryRun: held.dryRun, lines: held.lines, complete: held.done >= held.parts },
    run,
    again: () => run(last.csv, last.dryRun),
    reset: () => {
      setHeld(undefined);
      setProblems([]);
    },
  };
}

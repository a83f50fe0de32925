import { changeFeed, connectionPage, type ListSource } from '../live/live-list';
import {
  GenerationChangedDocument, GenerationsDocument, type GenerationFieldsFragment, type Operation, type RunKind, type RunState,
} from './gql/documents';

export type GenerationRow = GenerationFieldsFragment;
export type Output = GenerationRow['outputs'][number];

export interface GenerationQuestion {
  operations?: readonly Operation[];
  kinds?: readonly RunKind[];
  states?: readonly RunState[];
  /** Id of a user. */
  requestedBy?: string;
  search?: string;
  pageSize: number;
}

/** How many results of a form are kept on its page (TEST-58). */
export const KEPT_RESULTS = 20;

const generated: readonly RunKind[] = ['IMAGE', 'VIDEO'];

/** Generations, newest first, as they are and as they change. */
export const generationList = (question: GenerationQuestion): ListSource<GenerationRow> => {
  const { operations, kinds = generated, states, requestedBy, search = '', pageSize } = question;
  const wanted = search.trim().toLowerCase();
  return {
    pageSize,
    page: connectionPage(GenerationsDocument, {
      filter: {
        operation: operations && [...operations], kind: [...kinds], state: states && [...states], requestedBy, search: wanted || undefined,
      },
    }, ({ runs }) => runs),
    feed: changeFeed(GenerationChangedDocument, {}, ({ runChanged }) => runChanged),
    version: ({ revision }) => BigInt(revision),
    admits: ({ operation, kind, state, requestedBy: by, model, provider }) => kinds.includes(kind)
      && (!operations || (operation !== null && operations.includes(operation)))
      && (!states || states.includes(state))
      && (requestedBy === undefined || by?.id === requestedBy)
      && (wanted === '' || [model, provider].some((name) => name.toLowerCase().includes(wanted))),
  };
};

/** How many files to leave room for while a run is under way. */
export const outputsExpectedOf = ({ operation }: Pick<GenerationRow, 'operation'>): number => (operation === 'LEGNEXT_DIFFUSION' ? 4 : 1);

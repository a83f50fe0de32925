import { useAct } from '../graphql/use-act';
import { ClearConcurrencySlotsDocument } from './gql/documents';

/** Gives up everything of one's own that goes on. */
export const useClearSlots = () => useAct(ClearConcurrencySlotsDocument, ({ clearConcurrencySlots }) => clearConcurrencySlots);

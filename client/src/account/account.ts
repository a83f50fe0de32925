import type { AccountQuery } from './gql/documents';

export type Account = NonNullable<AccountQuery['viewer']>;
export type AccountSession = Account['sessions'][number];

export interface TabProps {
  account: Account;
  /** Something was changed: what is shown has to be asked for again. */
  onChanged: () => void;
}

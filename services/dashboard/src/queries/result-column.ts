import type { ColumnType } from '@sandgate/contracts';

/** A column of an answer: its SQL, in terms of the visible rows `t`. */
export interface ResultColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly sql: string;
}

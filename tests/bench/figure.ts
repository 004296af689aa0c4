/** One line of the table. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  /** What a bare server or program made of the same work in the same run. */
  readonly bare?: string;
  readonly ratio?: string;
  /** Absent for a figure that only informs. */
  readonly bar?: string;
  readonly met?: boolean;
}

const columns = ['what', 'measured', 'bare limit', 'ratio', 'bar', 'met'];

/** Figures as a Markdown table. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, measured, bare = '', ratio = '', bar = '', met }) => [
    what,
    measured,
    bare,
    ratio,
    bar,
    met === undefined ? '' : met ? 'yes' : 'no',
  ]);
  const lines = [columns, columns.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const plain = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

export const perSecond = (value: number): string => `${plain.format(value)}/s`;
export const milliseconds = (value: number): string => `${plain.format(value)} ms`;
export const ratioOf = (value: number): string => value.toPrecision(3);

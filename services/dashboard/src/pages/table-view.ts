import type { Rows } from '@sandgate/contracts';
import type { LocatedTable } from '../catalogue/catalogue.js';
import { addressOf, type Display } from './display.js';
import { html, type Markup } from './html.js';
import { pathOf } from './table-address.js';

/** Some consecutive rows of a table, and how many there are. */
export interface Excerpt extends Rows {
  readonly access: 'unrestricted' | 'sandboxed';
  readonly offset: number;
  readonly rowsPerPage: number;
  readonly count: { readonly exactly: number } | { readonly atLeast: number };
}

const numeric: ReadonlySet<string> = new Set(['integer', 'decimal', 'float']);

export const tableView = (
  located: LocatedTable,
  excerpt: Excerpt,
  display: Display,
): Markup => html`${display.breadcrumbs ? breadcrumbs(located, display) : undefined}
${display.header ? heading(located, excerpt) : undefined}
${excerpt.rows.length > 0 ? rowTable(located, excerpt) : emptyState(excerpt)}
${pager(located, excerpt, display)}`;

const breadcrumbs = (
  located: LocatedTable,
  display: Display,
): Markup => html`<nav class="path" aria-label="Where this is">
<a href="${addressOf('/', display)}">${located.database.name}</a> <span>${located.table.schema}</span>
</nav>`;

const heading = (located: LocatedTable, excerpt: Excerpt): Markup => html`<div class="heading">
<h1>${located.table.name}</h1>
${excerpt.access === 'sandboxed' ? html`<span class="badge" title="Your groups and attributes decide which rows you see">Only your rows</span>` : undefined}
<span class="soft" data-row-count>${rangeOf(excerpt)}</span>
</div>`;

const rowTable = (
  { table }: LocatedTable,
  { columns, rows }: Excerpt,
): Markup => html`<div class="rows" tabindex="0" role="region" aria-label="Rows of ${table.name}">
<table>
<thead><tr>${columns.map(({ name, type }) => html`<th scope="col"${alignmentOf(type)}>${name}<small>${type}</small></th>`)}</tr></thead>
<tbody>
${rows.map(
  (row) => html`<tr>${row.map((cell, index) => cellOf(cell, columns[index]?.type ?? 'other'))}</tr>
`,
)}</tbody>
</table>
</div>`;

const alignmentOf = (type: string): Markup | undefined => (numeric.has(type) ? html` class="number"` : undefined);

const cellOf = (cell: unknown, type: string): Markup =>
  cell === null ? html`<td class="empty">–</td>` : html`<td${alignmentOf(type)}>${textOf(cell, type)}</td>`;

/** Times without the letters that are for machines. */
const textOf = (cell: unknown, type: string): string =>
  type === 'timestamp' || type === 'timestamptz' ? String(cell).replace('T', ' ').replace(/Z$/, ' UTC') : String(cell);

function rangeOf({ rows, offset, count }: Excerpt): string {
  if (rows.length === 0) return 'No rows';
  const total =
    'exactly' in count ? count.exactly.toLocaleString('en') : `more than ${count.atLeast.toLocaleString('en')}`;
  const range = `${(offset + 1).toLocaleString('en')}–${(offset + rows.length).toLocaleString('en')}`;
  return `${range} of ${total} ${total === '1' ? 'row' : 'rows'}`;
}

function emptyState({ offset, access }: Excerpt): Markup {
  if (offset > 0) return html`<p class="notice">The rows end before this page.</p>`;
  return html`<p class="notice">${access === 'sandboxed' ? 'No row of this table is yours.' : 'This table has no rows.'}</p>`;
}

function pager(
  located: LocatedTable,
  { offset, rowsPerPage, truncated }: Excerpt,
  display: Display,
): Markup | undefined {
  if (offset === 0 && !truncated) return undefined;
  const to = (start: number): string => addressOf(pathOf(located), display, start > 0 ? { offset: start } : {});
  return html`<nav class="pager" aria-label="Pages">
${offset > 0 ? html`<a class="button" rel="prev" href="${to(Math.max(0, offset - rowsPerPage))}">Previous</a>` : undefined}
${truncated ? html`<a class="button" rel="next" href="${to(offset + rowsPerPage)}">Next</a>` : undefined}
</nav>`;
}

import type { Ask } from '@sandgate/contracts';
import { type AnyRoute, type Caller, page, Reply } from '@sandgate/service-kit';
import type { Catalogue } from '../catalogue/catalogue.js';
import { listVisibleTables, type VisibleTable } from '../queries/list-visible-tables.js';
import { addressOf, type Display, displayOf } from './display.js';
import { orFailurePage } from './failure.page.js';
import { html, type Markup } from './html.js';
import { layout } from './layout.js';
import { pathOf } from './table-address.js';

/** The start page: the tables that the signed-in person may see, by database and schema. */
export const tableListPage = (reading: { ask: Ask; catalogue: Catalogue }): AnyRoute =>
  page('/', 'person', (context) =>
    orFailurePage(context, async () => {
      const display = displayOf(context.query);
      const tables = await listVisibleTables(reading, context.caller as Caller);
      return new Reply({ text: layout({ title: 'Tables', display, body: listOf(tables, display) }) });
    }),
  );

const listOf = (tables: readonly VisibleTable[], display: Display): Markup =>
  tables.length === 0
    ? html`<section class="notice"><h1>Nothing to see yet</h1>
<p>None of your groups may see a table. An administrator can change that.</p></section>`
    : html`<h1>Tables</h1>${groupBy(tables, ({ database }) => database.name).map(([database, ofDatabase]) => databaseSection(database, ofDatabase, display))}`;

const databaseSection = (
  name: string,
  tables: readonly VisibleTable[],
  display: Display,
): Markup => html`<section class="database">
<h2>${name}</h2>
${groupBy(tables, ({ table }) => table.schema).map(
  ([schema, ofSchema]) =>
    html`<h3>${schema}</h3><ul class="tables">${ofSchema.map((table) => item(table, display))}</ul>`,
)}
</section>`;

const item = (
  located: VisibleTable,
  display: Display,
): Markup => html`<li><a href="${addressOf(pathOf(located), display)}">
<strong>${located.table.name}</strong>
<span class="soft">${located.table.columns.length === 1 ? '1 column' : `${located.table.columns.length} columns`}${located.access === 'sandboxed' ? ' · only your rows' : ''}</span>
</a></li>`;

/** Neighbours with the same key together, in the order that they come. */
function groupBy<T>(list: readonly T[], keyOf: (one: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups];
}

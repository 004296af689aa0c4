import { Failure } from '@sandgate/contracts';
import { type AnyRoute, type Caller, type PageContext, page, Reply } from '@sandgate/service-kit';
import { type OpenTable, openTable, type Reading } from '../queries/open-table.js';
import { displayOf } from './display.js';
import { orFailurePage } from './failure.page.js';
import { layout } from './layout.js';
import { findByNames } from './table-address.js';
import { type Excerpt, tableView } from './table-view.js';

const rowsPerPage = 50;
/** Counting on would cost more than the figure is worth. */
const countedAtMost = 10_000;

/** A table's page, by its names and by its id. */
export const tablePages = (reading: Reading): AnyRoute[] => [
  page('/tables/{id}', 'person', (context) => show(reading, context, () => idOf(context.params['id']))),
  page('/tables/{database}/{schema}/{table}', 'person', (context) =>
    show(reading, context, () => findByNames(reading.catalogue.allTables(), context.params as Names)?.table.id),
  ),
];

type Names = { database: string; schema: string; table: string };

const show = (reading: Reading, context: PageContext, find: () => number | undefined): Promise<Reply> =>
  orFailurePage(context, async () => {
    const id = find();
    if (id === undefined) throw new Failure('dashboard.table_not_found');
    const table = await openTable(reading, context.caller as Caller, id);
    const excerpt = await readExcerpt(table, id, offsetOf(context.query['offset']));
    const display = displayOf(context.query);
    return new Reply({
      text: layout({ title: table.located.table.name, display, body: tableView(table.located, excerpt, display) }),
    });
  });

async function readExcerpt(table: OpenTable, tableId: number, offset: number): Promise<Excerpt> {
  const [rows, counted] = await Promise.all([
    table.rows({ tableId, limit: rowsPerPage, offset }, { isRepeated: true }),
    table.count(countedAtMost + 1),
  ]);
  const count = counted > countedAtMost ? { atLeast: countedAtMost } : { exactly: counted };
  return { ...rows, access: table.access, offset, rowsPerPage, count };
}

const idOf = (text: string | undefined): number | undefined =>
  /^[1-9]\d{0,8}$/.test(text ?? '') ? Number(text) : undefined;

/** Anything but a number of rows is the first page: an address that somebody typed is no reason for an error. */
const offsetOf = (text: unknown): number => (typeof text === 'string' && /^\d{1,7}$/.test(text) ? Number(text) : 0);

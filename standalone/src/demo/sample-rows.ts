import { type AccountRow, generateAccounts } from './rows/accounts.js';
import { generateInvoices, type InvoiceRow } from './rows/invoices.js';
import { generateOrders, type OrderRow } from './rows/orders.js';
import { generatePeople, type PersonRow } from './rows/people.js';
import { generateProducts, type ProductRow } from './rows/products.js';
import { generateReviews, type ReviewRow } from './rows/reviews.js';
import type { sampleTables } from './sample-schema.js';

/** The rows of the sample database, under the names of the tables. */
export interface SampleRows extends Record<(typeof sampleTables)[number], readonly object[]> {
  readonly accounts: readonly AccountRow[];
  readonly people: readonly PersonRow[];
  readonly products: readonly ProductRow[];
  readonly orders: readonly OrderRow[];
  readonly invoices: readonly InvoiceRow[];
  readonly reviews: readonly ReviewRow[];
}

/** The same rows at every call and on every machine: nothing here reads a clock or asks for chance. */
export function generateSampleRows(): SampleRows {
  const accounts = generateAccounts();
  const people = generatePeople(accounts);
  const products = generateProducts();
  const orders = generateOrders(people, products);
  return { accounts, people, products, orders, invoices: generateInvoices(accounts), reviews: generateReviews(orders) };
}

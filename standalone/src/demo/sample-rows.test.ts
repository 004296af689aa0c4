import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { generateSampleRows } from './sample-rows.js';

const rows = generateSampleRows();
const { accounts, invoices, people } = rows;

function countsByAccount(): Map<number | null, number> {
  const counts = new Map<number | null, number>();
  for (const { account_id } of invoices) counts.set(account_id, (counts.get(account_id) ?? 0) + 1);
  return counts;
}

test('the accounts are 1 to 100', () => {
  expect(accounts.map((account) => account.id)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
});

test('every account has 20 to 500 invoices, some invoices have no account, and all are 10,000', () => {
  const counts = countsByAccount();
  const withoutAccount = counts.get(null);
  counts.delete(null);

  expect([...counts.keys()].sort((a, b) => Number(a) - Number(b))).toEqual(accounts.map((account) => account.id));
  expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(20);
  expect(Math.max(...counts.values())).toBeLessThanOrEqual(500);
  expect(withoutAccount).toBe(120);
  expect(invoices).toHaveLength(10_000);
});

test('the invoices of an account are spread over the table', () => {
  const neighbours = invoices.filter((invoice, index) => invoice.account_id === invoices[index + 1]?.account_id);
  const positions = invoices.filter((invoice) => invoice.account_id === 28).map((invoice) => invoice.id);

  expect(neighbours.length).toBeLessThan(invoices.length / 20);
  expect(Math.max(...positions) - Math.min(...positions)).toBeGreaterThan(invoices.length / 2);
});

test('two runs make the same rows', () => {
  expect(generateSampleRows()).toEqual(rows);
});

// When this fails on purpose, raise SAMPLE_VERSION too: databases that hold the earlier rows are then loaded anew.
test('every machine makes these rows', () => {
  const checksum = createHash('sha256').update(JSON.stringify(rows)).digest('hex');

  expect(checksum).toBe('bbcf60e16dff945b7e6e0fbda0638a8ce29bb87c61026e8cb8763477884b27f7');
});

test('no invoice was issued before its account was opened, nor due or paid before it was issued', () => {
  const opened = new Map<number | null, string>(accounts.map((account) => [account.id, account.created_at]));
  const misdated = invoices.filter(
    ({ account_id, issued_on, due_on, paid_at }) =>
      issued_on <= (opened.get(account_id) ?? '') || due_on <= issued_on || (paid_at ?? due_on) <= issued_on,
  );

  expect(misdated).toEqual([]);
});

test('whatever refers to another row finds it', () => {
  const ids = (table: readonly { id: number }[]) => new Set(table.map((row) => row.id));
  const [accountIds, personIds, productIds] = [ids(accounts), ids(people), ids(rows.products)];

  const dangling = [...rows.orders, ...rows.reviews].filter(
    (row) => !personIds.has(row.person_id) || !productIds.has(row.product_id),
  );

  expect(people.filter((person) => !accountIds.has(person.account_id))).toEqual([]);
  expect(dangling).toEqual([]);
});

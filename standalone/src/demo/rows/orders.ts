import { date, dayOf, money, timestamp } from './formats.js';
import type { PersonRow } from './people.js';
import type { ProductRow } from './products.js';
import { seededRandom } from './random.js';

export interface OrderRow {
  readonly id: number;
  readonly person_id: number;
  readonly product_id: number;
  readonly quantity: number;
  readonly subtotal: string;
  readonly tax: string;
  readonly discount: string | null;
  readonly is_paid: boolean;
  readonly ship_on: string | null;
  readonly created_at: string;
}

const COUNT = 4_000;

/** Four thousand orders in the order in which they came, none before its person or product was known. */
export function generateOrders(people: readonly PersonRow[], products: readonly ProductRow[]): OrderRow[] {
  const random = seededRandom(4);
  const firstDay = dayOf('2024-07-01');
  const days = dayOf('2026-09-30') - firstDay;
  return Array.from({ length: COUNT }, (_, index) => {
    const product = random.pick(products);
    const quantity = random.pick([1, 1, 1, 2, 2, 3, 4, 6]);
    const subtotalCents = quantity * Math.round(Number(product.price) * 100);
    const day = firstDay + Math.floor((index * days) / COUNT);
    const isPaid = random.percent(95);
    return {
      id: index + 1,
      person_id: random.between(1, people.length),
      product_id: product.id,
      quantity,
      subtotal: money(subtotalCents),
      tax: money(Math.floor((subtotalCents * 8) / 100)),
      discount: random.percent(15) ? money(Math.floor((subtotalCents * random.pick([5, 10, 20])) / 100)) : null,
      is_paid: isPaid,
      ship_on: isPaid ? date(day + random.between(1, 6)) : null,
      created_at: timestamp(day, random.between(0, 86_399)),
    };
  });
}

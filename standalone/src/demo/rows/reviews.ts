import { dayOf, timestamp } from './formats.js';
import type { OrderRow } from './orders.js';
import { seededRandom } from './random.js';
import { reviewOpenings, reviewVerdicts } from './words.js';

export interface ReviewRow {
  readonly id: number;
  readonly product_id: number;
  readonly person_id: number;
  readonly rating: number;
  readonly body: string;
  readonly is_verified: boolean;
  readonly created_at: string;
}

/** A review for every eighth order, by who ordered. */
export function generateReviews(orders: readonly OrderRow[]): ReviewRow[] {
  const random = seededRandom(5);
  return orders
    .filter((order) => order.id % 8 === 0)
    .map((order, index) => {
      const rating = random.pick([1, 2, 3, 3, 4, 4, 4, 5, 5, 5]);
      const verdict = random.pick(reviewVerdicts[rating - 1] ?? []);
      return {
        id: index + 1,
        product_id: order.product_id,
        person_id: order.person_id,
        rating,
        body: `${random.pick(reviewOpenings)}, ${verdict}.`,
        is_verified: random.percent(80),
        created_at: timestamp(dayOf(order.created_at.slice(0, 10)) + random.between(7, 45), random.between(0, 86_399)),
      };
    });
}

import { dayOf, money, timestamp } from './formats.js';
import { seededRandom } from './random.js';
import { productMaterials, productThings, vendors } from './words.js';

export interface ProductRow {
  readonly id: number;
  readonly title: string;
  readonly category: string;
  readonly vendor: string;
  readonly price: string;
  readonly weight_grams: number;
  readonly in_stock: boolean;
  readonly created_at: string;
}

/** Eighty products: each thing in each material. */
export function generateProducts(): ProductRow[] {
  const random = seededRandom(3);
  const kinds = productThings.flatMap(([thing, category]) =>
    productMaterials.map((material) => ({ title: `${material} ${thing}`, category })),
  );
  return random.shuffled(kinds).map((kind, index) => ({
    id: index + 1,
    ...kind,
    vendor: random.pick(vendors),
    price: money(random.between(8, 240) * 100 + random.pick([0, 50, 90, 95])),
    weight_grams: random.between(60, 24_000),
    in_stock: random.percent(88),
    created_at: timestamp(random.between(dayOf('2022-06-01'), dayOf('2022-12-30')), random.between(0, 86_399)),
  }));
}

/** Rises with every change of the tables or their rows; a database with another version is loaded anew. */
export const SAMPLE_VERSION = 1;

/** Every table, each after those that it refers to. */
export const sampleTables = ['accounts', 'people', 'products', 'orders', 'invoices', 'reviews'] as const;

/** The tables of the sample database with their foreign keys, and an index on each of these. */
export const sampleSchema = `
create table accounts (
  id integer primary key,
  name text not null unique,
  email text not null,
  plan text not null,
  region text not null,
  seats integer not null,
  monthly_fee numeric(10, 2) not null,
  is_active boolean not null,
  trial_ends_on date not null,
  created_at timestamptz not null
);
create table people (
  id integer primary key,
  account_id integer not null references accounts,
  first_name text not null,
  last_name text not null,
  email text not null unique,
  city text not null,
  birth_date date not null,
  newsletter boolean not null,
  created_at timestamptz not null
);
create table products (
  id integer primary key,
  title text not null unique,
  category text not null,
  vendor text not null,
  price numeric(10, 2) not null,
  weight_grams integer not null,
  in_stock boolean not null,
  created_at timestamptz not null
);
create table orders (
  id integer primary key,
  person_id integer not null references people,
  product_id integer not null references products,
  quantity integer not null,
  subtotal numeric(10, 2) not null,
  tax numeric(10, 2) not null,
  discount numeric(10, 2),
  is_paid boolean not null,
  ship_on date,
  created_at timestamptz not null
);
create table invoices (
  id integer primary key,
  account_id integer references accounts,
  number text not null unique,
  plan text,
  amount numeric(10, 2) not null,
  tax numeric(10, 2) not null,
  is_recurring boolean not null,
  status text not null,
  issued_on date not null,
  due_on date not null,
  paid_at timestamptz
);
create table reviews (
  id integer primary key,
  product_id integer not null references products,
  person_id integer not null references people,
  rating integer not null check (rating between 1 and 5),
  body text not null,
  is_verified boolean not null,
  created_at timestamptz not null
);
create index on people (account_id);
create index on orders (person_id);
create index on orders (product_id);
create index on invoices (account_id);
create index on reviews (product_id);
create index on reviews (person_id);
`;

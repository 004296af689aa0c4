/** Somebody whom this application knows. `groups` and `accountId` are what Sandgate decides by. */
export interface Person {
  readonly email: string;
  readonly password: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly groups: readonly string[];
  readonly accountId?: number | readonly number[];
  /** Shown beside the person on the sign-in page: what to expect from trying them. */
  readonly about: string;
}

/** Made-up people of two customers, with passwords that are no secret. Your application has its own. */
export const people: readonly Person[] = [
  {
    email: 'ada@acme.example',
    password: 'ada-demo',
    firstName: 'Ada',
    lastName: 'Moreno',
    groups: ['Customer-Acme'],
    accountId: 28,
    about: 'Acme, account 28',
  },
  {
    email: 'ben@acme.example',
    password: 'ben-demo',
    firstName: 'Ben',
    lastName: 'Okafor',
    groups: ['Customer-Acme'],
    accountId: [28, 41],
    about: 'Acme, accounts 28 and 41',
  },
  {
    email: 'cleo@acme.example',
    password: 'cleo-demo',
    firstName: 'Cleo',
    lastName: 'Nakamura',
    groups: ['Customer-Acme'],
    about: 'Acme, no account: sees no invoices',
  },
  {
    email: 'gita@globex.example',
    password: 'gita-demo',
    firstName: 'Gita',
    lastName: 'Rao',
    groups: ['Customer-Globex'],
    accountId: 5,
    about: 'Globex, account 5',
  },
  {
    email: 'hugo@globex.example',
    password: 'hugo-demo',
    firstName: 'Hugo',
    lastName: 'Lindqvist',
    groups: ['Customer-Acme', 'Customer-Globex'],
    accountId: 28,
    about: 'Acme and Globex, account 28',
  },
];

export const findByEmail = (email: string): Person | undefined =>
  people.find((person) => person.email === email.trim().toLowerCase());

/** The person with this e-mail and password. A real application keeps only hashes of passwords. */
export function findByCredentials(email: string, password: string): Person | undefined {
  const person = findByEmail(email);
  return person?.password === password ? person : undefined;
}

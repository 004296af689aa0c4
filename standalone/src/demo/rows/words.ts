type Words = readonly string[];

const words = (text: string): Words => text.trim().split(/\s+/);

export const regions: Words = ['Africa', 'Asia', 'Europe', 'North America', 'South America', 'Oceania'];

export const firstNames = words(`
  Amara Anders Aylin Bela Carmen Chidi Daria Diego Elif Emeka Farah Felix Greta Hana Ines Ivo Jonas Jun
  Kavya Kofi Leila Luca Maren Mateo Mina Nadia Noor Olga Pavel Priya Rafael Rosa Samir Sofia Tariq Thea
  Viktor Wanda Yusuf Zoe
`);
export const lastNames = words(`
  Abara Almeida Andersen Bauer Bianchi Castro Chen Costa Demir Diallo Dubois Eriksen Ferrari Fischer
  Garcia Haddad Hansen Horvat Ito Jensen Kaya Keller Kim Kowalski Laurent Lopez Mensah Moreau Nguyen
  Novak Okoye Patel Petrov Rossi Sato Silva Singh Suzuki Weber Yilmaz
`);
export const cities = words(`
  Accra Auckland Berlin Bogota Chicago Copenhagen Dakar Hanoi Istanbul Kyoto Lagos Lima Lisbon Lyon
  Montreal Mumbai Nairobi Oslo Porto Prague Quito Seoul Toronto Turin Vienna Zagreb
`);

export const companyNames = words('Alder Birch Cedar Dune Ember Fjord Granite Harbor Indigo Juniper');
export const companyTrades = words('Foods Freight Health Hotels Labs Media Mills Motors Power Textiles');

export const productMaterials = words('Aluminium Bamboo Ceramic Cork Cotton Glass Linen Oak Steel Wool');
export const productThings: readonly [thing: string, category: string][] = [
  ['Bench', 'Furniture'],
  ['Blanket', 'Home'],
  ['Bottle', 'Kitchen'],
  ['Clock', 'Home'],
  ['Desk', 'Furniture'],
  ['Kettle', 'Kitchen'],
  ['Lamp', 'Home'],
  ['Notebook', 'Office'],
];
export const vendors: Words = [
  'Hillside Works',
  'Lakeview Supply',
  'Northgate Goods',
  'Old Town Crafts',
  'Riverbank Trading',
];

export const reviewOpenings: Words = [
  'Arrived on time',
  'Bought it twice',
  'A gift for a friend',
  'Used every day',
  'Looks better than the picture',
];
/** One list a rating, one star first. */
export const reviewVerdicts: readonly Words[] = [
  ['broke within a week', 'not what was described'],
  ['feels cheaper than it is', 'would not buy again'],
  ['does what it should', 'fine for the price'],
  ['well made', 'a good buy'],
  ['exactly right', 'could not be happier with it'],
];

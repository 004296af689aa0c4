/** A name as one segment of an address: `Sample Database` is `sample-database`. Empty for a name without any letter or digit. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');

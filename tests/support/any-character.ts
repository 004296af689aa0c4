import fc from 'fast-check';

/** Surrogates too. fast-check's own `binary` first makes a map of all characters, for a second and a half in each test file. */
export const anyCharacter = fc.nat(0x10ffff).map((point) => String.fromCodePoint(point));

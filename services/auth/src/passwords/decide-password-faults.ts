import { isStorableText } from '@sandgate/contracts';
import { commonStems } from './common-passwords.js';

const shortest = 12;
const longest = 1024;

/**
 * What is wrong with a new password; empty when it is good enough. Length is what counts, and that it is not among the first that somebody
 * tries; no kind of character is asked for (NIST SP 800-63B, section 5.1.1.2). `email` is that of the account, canonical.
 */
export function decidePasswordFaults(password: string, email: string): string[] {
  if ([...password].length < shortest) return [`must have at least ${shortest} characters`];
  if (password.length > longest) return [`must have at most ${longest} characters`];
  if (!isStorableText(password)) return ['must hold neither NUL nor lone surrogates'];
  const folded = password.toLowerCase();
  if (folded === email || folded === email.split('@')[0]) return ['must not be the e-mail address'];
  return isCommon(folded) ? ['is one of the commonest, or one character or piece again and again'] : [];
}

const isCommon = (folded: string): boolean =>
  commonStems.has(stemOf(folded)) || isRepetition(folded) || isSequence(folded);

/** What is left without digits and signs at both ends: `Password2024!` is `password`. Empty for a password without a letter. */
function stemOf(folded: string): string {
  const letters = /[^\d\s!"#%&'()*+,\-./:;<=>?[\\\]^_`{|}~]/;
  const characters = [...folded];
  const first = characters.findIndex((one) => letters.test(one));
  const last = characters.findLastIndex((one) => letters.test(one));
  return first < 0 ? '' : characters.slice(first, last + 1).join('');
}

/** A piece of at most half the length, again and again. */
function isRepetition(folded: string): boolean {
  for (let piece = 1; piece <= folded.length / 2; piece += 1)
    if (folded.slice(piece) === folded.slice(0, -piece)) return true;
  return false;
}

/** Each character one after, or one before, the last one; after 9 comes 0. */
function isSequence(folded: string): boolean {
  const steps = [...folded].slice(1).map((one, index) => one.charCodeAt(0) - folded.charCodeAt(index));
  return [1, -1].some((step) => steps.every((one) => one === step || one === -9 * step));
}

/** Deeper nesting than this holds nothing that could be stored. */
const maxDepth = 4;
const maxMembers = 100;

/**
 * Parses UTF-8 bytes as a JSON object whose members are unique at every depth (RFC 7519 section 4 leaves duplicates to the parser, and
 * parsers differ), at most four levels deep, with at most 100 members at the top. Throws `SyntaxError`. Linear in the length.
 */
export function parseStrictObject(bytes: Uint8Array): ReadonlyMap<string, unknown> {
  const text = decode(bytes);
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not an object');
  requireUniqueMembers(text);
  // A map, because a member may be called __proto__ or toString.
  const members = new Map(Object.entries(value));
  if (members.size > maxMembers) throw new SyntaxError('too many members');
  return members;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (cause) {
    throw new SyntaxError('not UTF-8', { cause });
  }
}

/** `text` is valid JSON, so that strings and brackets are all there is to look at. */
function requireUniqueMembers(text: string): void {
  // Of each open object the names so far, of each open list undefined.
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      const names = open.at(-1);
      if (names && isMemberName(text, end)) addUnique(names, text.slice(at, end));
      at = end - 1;
    }
    if (open.length > maxDepth) throw new SyntaxError('too deep');
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Within an object a string is a member's name where a colon follows. */
function isMemberName(text: string, end: number): boolean {
  let at = end;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at += 1;
  return text[at] === ':';
}

function addUnique(names: Set<string>, literal: string): void {
  // `e\u006dail` is `email`.
  const name: string = literal.includes('\\') ? JSON.parse(literal) : literal.slice(1, -1);
  if (names.has(name)) throw new SyntaxError('a member twice');
  names.add(name);
}

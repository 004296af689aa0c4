/** Text that is markup already. Only `html` makes it, so that a plain string is never taken for markup. */
class SafeMarkup {
  constructor(readonly text: string) {}
}
export type Markup = SafeMarkup;

type Content = string | number | Markup | readonly Markup[] | undefined;

/** Markup from a template. Every inserted string is escaped; `undefined` leaves its place empty. */
export const html = (parts: TemplateStringsArray, ...contents: Content[]): Markup =>
  new SafeMarkup(String.raw({ raw: parts }, ...contents.map(toText)));

function toText(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof SafeMarkup) return content.text;
  if (typeof content === 'object') return content.map(toText).join('');
  return String(content).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

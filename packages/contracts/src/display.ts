/**
 * Parameters by which an embedding application says how a page is to look. Part of the address of the page; they guard nothing, and those that a
 * page has no use for it only hands on to the next.
 */
export const displayParameters = [
  'top_nav',
  'side_nav',
  'search',
  'new_button',
  'breadcrumbs',
  'logo',
  'header',
  'additional_info',
  'action_buttons',
  'data_picker',
  'entity_types',
  'locale',
  'font',
] as const;
export type DisplayParameter = (typeof displayParameters)[number];

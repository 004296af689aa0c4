import { serviceSettings, setting } from '@sandgate/service-kit';
import { z } from 'zod';
import { slugOf } from './sources/slug-of.js';

/** What an address may say beside host, database and role. Everything else could take back what a session is set to. */
const knownParameters = /^(ssl\w*|uselibpqcompat)$/;

const Address = z.string().superRefine((value, context) => {
  // No message repeats any part of the address: it holds a password.
  if (!URL.canParse(value) || !/^postgres(ql)?:$/.test(new URL(value).protocol)) {
    context.addIssue('must be a postgres: address');
    return;
  }
  const url = new URL(value);
  if (url.username === '') context.addIssue('must name a role that may only read');
  if (url.pathname.length < 2) context.addIssue('must name a database');
  if ([...url.searchParams.keys()].some((name) => !knownParameters.test(name)))
    context.addIssue('may only have parameters that begin with ssl');
});

const Name = z
  .string()
  .max(100)
  .refine((name) => slugOf(name) !== '', 'must have a letter or a digit');

const DataSources = z.array(z.strictObject({ name: Name, url: Address })).superRefine((sources, context) => {
  const slugs = sources.map(({ name }) => slugOf(name));
  slugs.forEach((slug, index) => {
    if (slugs.indexOf(slug) < index)
      context.addIssue({ code: 'custom', path: [index, 'name'], message: 'is too like an earlier name' });
  });
});

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Node's own message quotes the text.
    context.addIssue(
      'must be a JSON list such as [{"name": "Sample Database", "url": "postgres://reader:…@host/database"}]',
    );
    return z.NEVER;
  }
}

export const dashboardSettings = {
  /** JSON list of `{name, url}`. A name, once used, stands for the same database: permissions hang on it. */
  SANDGATE_DATA_SOURCES: z.string().transform(parseJson).pipe(DataSources),
  QUERY_TIMEOUT_SECONDS: setting.number({ min: 1, max: 3600 }).default(30),
};

export const DashboardConfig = z.object({ ...serviceSettings, ...dashboardSettings });

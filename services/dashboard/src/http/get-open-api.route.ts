import { getOpenApi as endpoint, endpoints } from '@sandgate/contracts';
import { type AnyRoute, openApiDocument, route } from '@sandgate/service-kit';

/** The document of all services; the contracts hold every endpoint, so that no service has to be asked. */
export const getOpenApi = (): AnyRoute => {
  const document = openApiDocument(endpoints);
  return route(endpoint, () => document);
};

import { type Ask, createAccount, createPasswordAccount } from '@sandgate/contracts';
import { type AnyRoute, route } from '@sandgate/service-kit';

/** Auth makes accounts; this one arrives here as every new one does, by its event. */
export const createAccountRoute = (ask: Ask): AnyRoute =>
  route(createAccount, async ({ body, caller, traceparent }) => {
    const {
      accountId: id,
      email,
      link,
    } = await ask(createPasswordAccount, {
      ...body,
      actorId: caller.accountId,
      traceparent,
    });
    return { id, email, passwordLink: link };
  });

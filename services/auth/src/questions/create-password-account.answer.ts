import { createPasswordAccount } from '@sandgate/contracts';
import { type Answer, answer } from '@sandgate/service-kit';
import type { CreatePasswordAccount } from '../accounts/create-password-account.js';

export const createPasswordAccountAnswer = (create: CreatePasswordAccount): Answer =>
  answer(createPasswordAccount, ({ actorId, traceparent, ...wanted }) => create(wanted, { actorId, traceparent }));

import { countVisible as question } from '@sandgate/contracts';
import { type Answer, answer } from '@sandgate/service-kit';
import { countVisible } from '../queries/count-visible.js';
import type { Reading } from '../queries/open-table.js';

export const countVisibleAnswer = (reading: Reading): Answer =>
  answer(question, async (wanted) => ({ counts: await countVisible(reading, wanted) }));

import type { z } from 'zod';
import { wrongCheckDigits } from '../../../schemas/checkDigits.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { issuesInLine } from '../../../schemas/issues.ts';
import { bilingual } from '../../../schemas/wording.ts';
import { standingOverrides } from '../../ingest/index.ts';
import type { Db } from '../../runtime/mongo.ts';

/**
 * Judges the check digits of what somebody wants to say.
 * @param schema what has accepted the value
 * @throws ChainlightError BAD_CHECK_DIGIT, naming every code with a wrong digit for which no override stands
 */
export async function requireCheckDigits(db: Db, schema: z.ZodType, value: unknown): Promise<void> {
  const wrong = wrongCheckDigits(schema, value);
  if (wrong.length === 0) return;
  const standing = await standingOverrides(
    db,
    wrong.map(({ uscc }) => uscc),
  );
  const refused = wrong
    .filter(({ uscc }) => !standing.has(uscc))
    .map(({ field, uscc }) => ({
      path: field.split('.'),
      said: bilingual(`check digit of ${uscc} is wrong`, `统一社会信用代码 ${uscc} 的校验位不对`),
    }));
  if (refused.length === 0) return;
  const fields = refused.map(({ path, said }) => ({
    field: path.join('.'),
    message: said.en,
    messageZh: said.zh,
  }));
  throw new ChainlightError('BAD_CHECK_DIGIT', issuesInLine(refused), { fields });
}

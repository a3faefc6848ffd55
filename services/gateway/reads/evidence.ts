import { EvidenceList } from '../../../schemas/api/evidence.ts';
import { ChainlightError } from '../../../schemas/errors.ts';
import { listEvidence, readEvidenceFile } from '../../measurement/index.ts';
import type { ReadContext } from './context.ts';
import { requireDelegation } from './delegation.ts';
import { requireFirm } from './suppliers.ts';

/**
 * Whether the reader may look into a firm's papers: a provider only where the firm lets it act on its behalf.
 * @throws ChainlightError NOT_FOUND, FORBIDDEN
 */
export async function requirePapersOf(context: ReadContext, uscc: string): Promise<void> {
  await requireFirm(context, uscc);
  if (context.principal.tenancy.role === 'provider') requireDelegation(context.principal, uscc);
}

export async function readEvidence(context: ReadContext, uscc: string): Promise<EvidenceList> {
  await requirePapersOf(context, uscc);
  return EvidenceList.parse(await listEvidence(context.db, uscc));
}

/**
 * One file with its name. A hash alone opens nothing: the file must be among those of the firm.
 * @throws ChainlightError NOT_FOUND
 */
export async function readEvidenceOf(
  context: ReadContext,
  uscc: string,
  sha256: string,
): Promise<{ fileName: string; bytes: Buffer }> {
  const { projects } = await readEvidence(context, uscc);
  const file = projects.flatMap(({ files }) => files).find((one) => one.sha256 === sha256);
  if (file === undefined) throw new ChainlightError('NOT_FOUND', `${uscc} has handed in no file ${sha256}`);
  return { fileName: file.fileName, bytes: await readEvidenceFile(context.db, sha256) };
}

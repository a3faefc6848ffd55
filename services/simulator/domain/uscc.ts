import { organisationCheckCharacter, usccCheckCharacter } from '../../../schemas/ids.ts';

/** A valid but invented unified social credit code: 91, a region's digits, organisation code MA and six digits. */
export function inventedUscc(regionCode: string, serial: number): string {
  const organisation = `MA${String(serial).padStart(6, '0')}`;
  const first17 = `91${regionCode}${organisation}${organisationCheckCharacter(organisation)}`;
  return first17 + usccCheckCharacter(first17);
}

/** The same code with a last character that does not fit. */
export function spoiltUscc(uscc: string): string {
  const last = uscc.charAt(17);
  return uscc.slice(0, 17) + (last === '0' ? '1' : '0');
}

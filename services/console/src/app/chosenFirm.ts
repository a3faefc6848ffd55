import { useSearchParams } from 'react-router';
import type { Session } from './session.ts';

/** The firms that a sign-in may choose among: a provider works for those that let it act for them, everybody else for their own. */
export const firmsToChoose = ({ tenancy, firms, delegatedBy }: Session): Session['firms'] =>
  tenancy.role === 'provider' ? delegatedBy : firms;

/** Which of several firms is looked at. It stands in the address, so that a page of one firm can be sent on. */
export function useChosenFirm(firms: Session['firms']) {
  const [parameters, setParameters] = useSearchParams();
  const asked = parameters.get('firm');
  const firm = (firms.find(({ uscc }) => uscc === asked) ?? firms[0])?.uscc;
  return {
    firm,
    choose: (uscc: string): void => setParameters({ firm: uscc }),
    /** A path that stays with the firm. */
    pathOf: (path: string): string =>
      firms.length > 1 && firm !== undefined ? `${path}?firm=${firm}` : path,
  };
}

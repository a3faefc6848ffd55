import type { problems as chinese } from '../zh/problems.ts';

export const problems: typeof chinese = {
  problem: {
    unreachable: {
      what: 'The service did not answer.',
      remedy: 'Check the connection and try again in a moment.',
    },
    slow: { what: 'The service takes too long to answer.', remedy: 'Try again in a moment.' },
    broken: {
      what: 'Something went wrong on our side.',
      remedy:
        'Nothing of yours is lost. Try again in a moment; if it stays, tell the operator the time and the page.',
    },
    signedOut: { what: 'Your sign-in has ended.', remedy: 'Sign in again; you come back to this page.' },
    forbidden: {
      what: 'Your sign-in may not see this.',
      remedy: 'Ask for another sign-in, or go back to the first page.',
    },
    notFound: {
      what: 'There is nothing here that you may see.',
      remedy: 'Check the address, or go back to the first page and choose from the list.',
    },
    tooMany: { what: 'Too many requests within a minute.', remedy: 'Wait a minute, then try again.' },
    refused: { what: 'The service did not take this.', remedy: 'Mend what is named and try again.' },
    // In English the service's own words serve.
    code: {},
  },
};

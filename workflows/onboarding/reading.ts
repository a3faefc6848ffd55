/**
 * How facts are read where earlier code read them otherwise. A run that such code began keeps its reading until it learns of another fact of that
 * kind: what it has done so far must follow from its history.
 */
export interface Reading {
  /**
   * From when on a step counts as given back. `at-once`, as soon as that is known: then what the system does before that time depends on
   * whether it has heard of it.
   */
  readonly returns: 'from-their-time' | 'at-once';
  /** Which statement of sustained use counts: one from the go-live that stands on, or also one for a go-live that was taken back since. */
  readonly use: 'since-go-live' | 'ever';
  /** Whose plan and whose report of a failure counts: those of the provider that is engaged at that time, or those of any. */
  readonly reports: 'by-the-engaged' | 'by-anybody';
  /** Which refusals of the platform end a reopened onboarding: also that of the reopening's own instant, at which it is asked anew, or only later ones. */
  readonly refusals: 'from-the-reopening' | 'after-the-reopening';
}

export const TODAYS_READING: Reading = {
  returns: 'from-their-time',
  use: 'since-go-live',
  reports: 'by-the-engaged',
  refusals: 'from-the-reopening',
};
/** Of a run that knows no return, no correction, no second provider and no reopening, for which all readings are one. */
export const EARLIEST_READING: Reading = {
  returns: 'at-once',
  use: 'ever',
  reports: 'by-anybody',
  refusals: 'after-the-reopening',
};

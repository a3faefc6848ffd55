/** Codes and field names of findings read as words by themselves in English. */
export const findingWords = { findingCode: {}, findingField: {}, findingValue: {} };

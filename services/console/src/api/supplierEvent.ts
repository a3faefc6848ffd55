/** An event about a supplier, as intake takes it. */
export const supplierEvent = (
  supplierUscc: string,
  event: { readonly type: string; readonly source: string; readonly id: string; readonly data: object },
  at: Date,
) => ({
  specversion: '1.0',
  ...event,
  time: at.toISOString(),
  subject: supplierUscc,
  partitionkey: supplierUscc,
  datacontenttype: 'application/json',
});

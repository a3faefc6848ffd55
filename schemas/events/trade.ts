import { z } from 'zod';
import {
  AmountFen,
  BusinessDate,
  CostFen,
  Currency,
  DocumentNumber,
  Instant,
  Period,
  StockFen,
  Units,
  Uscc,
} from '../ids.ts';
import { define, open } from './define.ts';

const parties = { buyerUscc: Uscc, supplierUscc: Uscc };

const OrderLine = open({
  lineNumber: z.number().int().min(1),
  material: z.string().min(1).max(80),
  quantityUnits: Units,
  amountFen: CostFen,
});

export const orderPlaced = define('order.placed.v1', {
  description: 'A buyer placed a purchase order with a supplier.',
  statedBy: ['chain', 'supplier'],
  about: 'supplierUscc',
  speaker: { chain: 'buyerUscc', supplier: 'buyerUscc' },
  factDates: ['placedOn'],
  data: open({
    ...parties,
    orderNumber: DocumentNumber,
    placedOn: BusinessDate,
    dueOn: BusinessDate.optional(),
    amountFen: CostFen,
    currency: Currency,
    lines: z.array(OrderLine).max(500).optional(),
  }),
});

export const goodsReceived = define('goods.received.v1', {
  description: 'Goods of a supplier were received into the buyer’s store.',
  statedBy: ['chain'],
  about: 'supplierUscc',
  speaker: { chain: 'buyerUscc' },
  factDates: ['receivedOn'],
  data: open({
    ...parties,
    receiptNumber: DocumentNumber,
    orderNumber: DocumentNumber.optional(),
    receivedOn: BusinessDate,
    quantityUnits: Units,
    amountFen: CostFen,
    currency: Currency,
  }),
});

export const qualityIncomingReported = define('quality.incoming-reported.v1', {
  description: 'Result of a month’s incoming inspection of one supplier’s goods.',
  statedBy: ['chain'],
  about: 'supplierUscc',
  speaker: { chain: 'buyerUscc' },
  factDates: ['period'],
  data: open({ ...parties, period: Period, inspectedUnits: Units, rejectedUnits: Units }),
});

export const invoiceReceived = define('invoice.received.v1', {
  description: 'An invoice of a supplier was received.',
  statedBy: ['chain'],
  about: 'supplierUscc',
  speaker: { chain: 'buyerUscc' },
  factDates: ['invoicedOn'],
  data: open({
    ...parties,
    invoiceNumber: DocumentNumber,
    orderNumber: DocumentNumber.optional(),
    invoicedOn: BusinessDate,
    amountFen: AmountFen,
    taxFen: AmountFen.optional(),
    currency: Currency,
  }),
});

export const paymentMade = define('payment.made.v1', {
  description: 'A supplier was paid.',
  statedBy: ['chain'],
  about: 'supplierUscc',
  speaker: { chain: 'buyerUscc' },
  factDates: ['paidOn'],
  data: open({
    ...parties,
    paymentNumber: DocumentNumber,
    invoiceNumber: DocumentNumber.optional(),
    paidOn: BusinessDate,
    amountFen: AmountFen,
    currency: Currency,
  }),
});

export const procurementApprovalDecided = define('procurement.approval-decided.v1', {
  description: 'A request in the buyer’s procurement (order, invoice, service) was approved or declined.',
  statedBy: ['chain'],
  about: 'supplierUscc',
  speaker: { chain: 'buyerUscc' },
  factDates: ['submittedAt', 'decidedAt'],
  data: open({
    ...parties,
    requestNumber: DocumentNumber,
    matter: z.enum(['order', 'invoice', 'service', 'contract']),
    submittedAt: Instant,
    decidedAt: Instant,
    outcome: z.enum(['approved', 'declined']),
  }).refine((data) => Date.parse(data.decidedAt) >= Date.parse(data.submittedAt), {
    path: ['decidedAt'],
    message: 'must not be before submittedAt',
  }),
});

export const inventoryClosed = define('inventory.closed.v1', {
  description:
    'A firm closed its stock ledger for a month: its own stock, or stock it holds on consignment for a supplier.',
  statedBy: ['chain', 'supplier', 'platform'],
  about: 'firmUscc',
  speaker: { supplier: 'firmUscc', platform: 'firmUscc', chain: 'holderUscc' },
  factDates: ['period'],
  data: open({
    /** Owner of the stock. */
    firmUscc: Uscc,
    /** Who keeps the stock: the owner itself, or the leader for consignment stock. */
    holderUscc: Uscc,
    stockKind: z.enum(['own', 'consignment']),
    period: Period,
    openingStockFen: StockFen,
    closingStockFen: StockFen,
    /** Cost of goods sold in the month; null where the holder does not know it (consignment). */
    costOfGoodsSoldFen: CostFen.nullable(),
    currency: Currency,
  }),
});

export const relationDeclared = define('relation.declared.v1', {
  description: 'A buyer declares that it trades with a supplier; from that day it may state facts about it.',
  statedBy: ['chain', 'supplier', 'system'],
  about: 'supplierUscc',
  speaker: { chain: 'buyerUscc', supplier: 'buyerUscc' },
  factDates: [],
  data: open({
    ...parties,
    validFrom: BusinessDate,
    supplierName: z.string().min(1).max(120).optional(),
  }).refine((data) => data.buyerUscc !== data.supplierUscc, {
    path: ['supplierUscc'],
    message: 'must differ from buyerUscc',
  }),
});

export const relationEnded = define('relation.ended.v1', {
  description: 'A buyer stops trading with a supplier.',
  statedBy: ['chain', 'system'],
  about: 'supplierUscc',
  speaker: { chain: 'buyerUscc' },
  factDates: [],
  data: open({ ...parties, endedOn: BusinessDate, reason: z.string().max(500).optional() }),
});

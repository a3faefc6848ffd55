export { type IssuerKeys, loadKeys } from './adapters/keys.ts';
export { type DemoAccount, type DemoClient, Directory } from './domain/accounts.ts';
export { buildIssuer, type IssuerOptions } from './issuer.ts';

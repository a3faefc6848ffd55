import { createServer, type Server } from 'node:http';
import { type ClientMetadata, type Configuration, interactionPolicy, Provider } from 'oidc-provider';
import { API_AUDIENCE, TENANCY_CLAIM } from '../../schemas/tenancy.ts';
import { type IssuerKeys, SIGNING_ALGORITHM } from './adapters/keys.ts';
import type { Directory } from './domain/accounts.ts';
import { answerInteraction, INTERACTION_PATH } from './interaction.ts';

const ACCESS_TOKEN_S = 10 * 60;
const SESSION_S = 8 * 3_600;
/** A native client's loopback address fits any port (RFC 8252), so the gateway may listen on a free one. */
const CALLBACKS = ['127.0.0.1', 'localhost'].map((host) => `http://${host}/auth/callback`);

export interface IssuerOptions {
  /** Address under which browsers and services reach it. */
  readonly url: string;
  readonly directory: Directory;
  readonly keys: IssuerKeys;
  /** Where the console answers, if that is no loopback address. */
  readonly callbackUrls?: readonly string[];
}

/** The local stack's OpenID Connect issuer, not listening yet: authorization code with PKCE, client credentials, rotating keys. */
export function buildIssuer(options: IssuerOptions): Server {
  const provider = new Provider(options.url, configurationOf(options));
  const answer = provider.callback();
  return createServer((request, response) => {
    const isInteraction = request.url?.startsWith(INTERACTION_PATH);
    if (isInteraction) void answerInteraction(provider, options.directory.accounts, request, response);
    else void answer(request, response);
  });
}

function configurationOf({ directory, keys, callbackUrls = [] }: IssuerOptions): Configuration {
  const accounts = new Map(directory.accounts.map((account) => [account.id, account]));
  const systems = new Map(directory.clients.map((client) => [client.id, client]));
  return {
    clients: [consoleClient(directory, callbackUrls), ...directory.clients.map(systemClient)],
    clientDefaults: { id_token_signed_response_alg: SIGNING_ALGORITHM },
    jwks: { keys: keys.signing.map((key) => ({ ...key, kty: key.kty ?? 'EC' })) as never },
    cookies: { keys: [...keys.cookies] },
    claims: { openid: ['sub', 'name', TENANCY_CLAIM] },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    pkce: { required: () => true },
    ttl: {
      Interaction: 15 * 60,
      IdToken: ACCESS_TOKEN_S,
      AccessToken: ACCESS_TOKEN_S,
      ClientCredentials: ACCESS_TOKEN_S,
      Session: SESSION_S,
      Grant: SESSION_S,
    },
    findAccount: (_context, id) => {
      const account = accounts.get(id);
      if (account === undefined) return undefined;
      const claims = { sub: id, name: account.name, [TENANCY_CLAIM]: account.tenancy };
      return { accountId: id, claims: () => claims };
    },
    extraTokenClaims: (_context, token) => {
      const tenancy =
        token.kind === 'ClientCredentials'
          ? systems.get(token.clientId ?? '')?.tenancy
          : 'accountId' in token
            ? accounts.get(token.accountId)?.tenancy
            : undefined;
      return tenancy === undefined ? undefined : { [TENANCY_CLAIM]: tenancy };
    },
    interactions: {
      policy: policyOfPrompts(),
      url: (_context, interaction) => `${INTERACTION_PATH}${interaction.uid}`,
    },
    // The console is the product's own: nobody is asked whether it may sign them in.
    loadExistingGrant: async (context) => {
      const { client, session, provider } = context.oidc;
      if (client === undefined || session?.accountId === undefined) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid');
      grant.addResourceScope(API_AUDIENCE, 'api');
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API_AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'api',
          audience: API_AUDIENCE,
          accessTokenTTL: ACCESS_TOKEN_S,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: SIGNING_ALGORITHM } },
        }),
      },
    },
  };
}

/** A native client's user is asked for consent each time, lest another program on the machine poses as it: here the secret tells. */
function policyOfPrompts() {
  const policy = interactionPolicy.base();
  policy.get('consent')?.checks.remove('native_client_prompt');
  return policy;
}

const consoleClient = ({ console: client }: Directory, callbackUrls: readonly string[]): ClientMetadata => ({
  client_id: client.clientId,
  client_secret: client.clientSecret,
  application_type: callbackUrls.length === 0 ? 'native' : 'web',
  redirect_uris: callbackUrls.length === 0 ? CALLBACKS : [...callbackUrls],
  grant_types: ['authorization_code'],
  response_types: ['code'],
  token_endpoint_auth_method: 'client_secret_basic',
});

const systemClient = ({ id, secret }: Directory['clients'][number]): ClientMetadata => ({
  client_id: id,
  client_secret: secret,
  redirect_uris: [],
  grant_types: ['client_credentials'],
  response_types: [],
  token_endpoint_auth_method: 'client_secret_basic',
});

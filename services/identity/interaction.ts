import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { DemoAccount } from './domain/accounts.ts';

export const INTERACTION_PATH = '/interaction/';
const MAX_FORM_BYTES = 1_000;
const STYLE = `body{margin:0;background:#f4f6f8;color:#1c2733;font:16px/1.5 system-ui,'Noto Sans SC',sans-serif}
main{max-width:44rem;margin:0 auto;padding:2rem 1rem}h1{font-size:1.4rem}small{font-weight:400;color:#56657a}
form{display:grid;gap:.6rem}button{display:grid;gap:.1rem;padding:.8rem 1rem;text-align:left;font:inherit;color:inherit;background:#fff;
border:1px solid #c3ccd8;border-radius:.5rem;cursor:pointer}button:hover,button:focus-visible{border-color:#1e5fae;outline:2px solid #1e5fae}
span{color:#56657a;font-size:.9rem}`;
const STYLE_SHA256 = createHash('sha256').update(STYLE).digest('base64');

/** The page on which one chooses who to be, and the choice itself. */
export async function answerInteraction(
  provider: Provider,
  accounts: readonly DemoAccount[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    // Proves that the browser's cookie belongs to this very sign-in.
    await provider.interactionDetails(request, response);
    if (request.method !== 'POST') return sendPage(response, 200, chooser(accounts));
    const chosen = new URLSearchParams(await readForm(request)).get('account');
    const account = accounts.find(({ id }) => id === chosen);
    if (account === undefined) return sendPage(response, 400, chooser(accounts));
    await provider.interactionFinished(request, response, { login: { accountId: account.id } });
  } catch {
    sendPage(
      response,
      400,
      '<p>这次登录已失效，请回到页面重新登录。<br>This sign-in has run out: go back and sign in again.</p>',
    );
  }
}

async function readForm(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_FORM_BYTES) throw new Error('form too large');
  }
  return text;
}

function chooser(accounts: readonly DemoAccount[]): string {
  const buttons = accounts.map(
    ({ id, name, about }) =>
      `<button name="account" value="${escapeHtml(id)}"><b>${escapeHtml(name)}</b><span>${escapeHtml(about.zh)}</span><span lang="en">${escapeHtml(about.en)}</span></button>`,
  );
  return `<h1>选择演示账号 <small lang="en">Choose a demo account</small></h1>
<p>本机演示用，没有密码；正式使用时接入您自己的身份系统。<br><span lang="en">For trying out on this machine, without passwords; in earnest your own identity provider stands here.</span></p>
<form method="post">${buttons.join('\n')}</form>`;
}

function sendPage(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    // No form-action: browsers apply it to the redirect back to the console as well.
    'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_SHA256}'; base-uri 'none'; frame-ancestors 'none'`,
  });
  response.end(
    `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>登录 Chainlight</title><style>${STYLE}</style><main>${body}</main></html>`,
  );
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

import type { TFunction } from 'i18next';

const ANSWERED = /^answered (\d{3})$/;

/** Why a message could not be sent: the sender's own words by their kind, the network's as they are. */
export function errorInWords(t: TFunction, error: string): string {
  const [, status] = ANSWERED.exec(error) ?? [];
  if (status !== undefined) return t('webhooks.error.answered', { status });
  if (/timed? ?out|aborted/i.test(error)) return t('webhooks.error.slow');
  if (/has ended|withdrawn/.test(error)) return t('webhooks.error.ended');
  if (/public/.test(error)) return t('webhooks.error.notPublic');
  return t('webhooks.error.unreachable', { error });
}

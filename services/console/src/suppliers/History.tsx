import { useTranslation } from 'react-i18next';
import type { SupplierOnboardings } from '../../../../schemas/api/onboarding.ts';
import { useFormat } from '../ui/format.ts';
import { actorInWords, eventInWords, reasonInWords } from '../ui/words.ts';

type Entry = SupplierOnboardings['onboardings'][number]['history'][number];

/** All that happened, append-only, with actor and reason. */
export function History({ entries }: { readonly entries: readonly Entry[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <details>
      <summary>
        {t('suppliers.history')} <span className="quiet">{format.integer(entries.length)}</span>
      </summary>
      <ul className="rows">
        {entries.map((entry) => (
          <li key={`${entry.actor} ${entry.id} ${entry.event}`}>
            <div className="split">
              <span>{eventInWords(t, entry.event)}</span>
              <span className="quiet number">{format.minute(entry.at)}</span>
            </div>
            <div className="quiet">
              {actorInWords(t, entry.actor)}
              {entry.reason !== null &&
                ` · ${reasonInWords(t, [entry.reason.group, entry.reason.cause].filter(Boolean).join('/'))}`}
              {entry.comment !== null && ` · ${entry.comment}`}
            </div>
          </li>
        ))}
      </ul>
    </details>
  );
}

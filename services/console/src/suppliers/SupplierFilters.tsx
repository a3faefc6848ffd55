import { useTranslation } from 'react-i18next';
import type { Filter } from '../api/onboardings.ts';
import { STAGES, STATUSES } from '../api/vocabulary.ts';
import { SearchField } from '../ui/SearchField.tsx';

export function SupplierFilters({
  filter,
  change,
}: {
  readonly filter: Filter;
  readonly change: (changed: Filter) => void;
}) {
  const { t } = useTranslation();
  return (
    <search className="filters">
      <SearchField value={filter.q} change={(q) => change({ q })} />
      <label className="field">
        <span>{t('suppliers.stage')}</span>
        <select
          value={filter.stage ?? ''}
          onChange={(event) => change({ stage: event.target.value || undefined })}
        >
          <option value="">{t('action.all')}</option>
          {STAGES.map((stage) => (
            <option key={stage} value={stage}>
              {t(`stage.${stage}`)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>{t('suppliers.statusLabel')}</span>
        <select
          value={filter.status ?? ''}
          onChange={(event) => change({ status: event.target.value || undefined })}
        >
          <option value="">{t('action.all')}</option>
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {t(`status.${status}`)}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>{t('suppliers.overdue')}</span>
        <select
          value={filter.stalled ?? ''}
          onChange={(event) => change({ stalled: event.target.value || undefined })}
        >
          <option value="">{t('action.all')}</option>
          <option value="true">{t('suppliers.overdue')}</option>
        </select>
      </label>
      <label className="field">
        <span>{t('help.wanted')}</span>
        <select
          value={filter.needsHelp ?? ''}
          onChange={(event) => change({ needsHelp: event.target.value || undefined })}
        >
          <option value="">{t('action.all')}</option>
          <option value="true">{t('help.filter')}</option>
        </select>
      </label>
    </search>
  );
}

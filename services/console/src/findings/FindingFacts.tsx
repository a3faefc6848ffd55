import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../ui/format.ts';
import { eventInWords, kpiInWords } from '../ui/words.ts';
import { fieldInWords, findingInWords, valueInWords } from './findingWords.ts';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;

/** What a finding rests on, field by field; what is made of parts is shown part by part. */
export function FindingFacts({ facts }: { readonly facts: Readonly<Record<string, unknown>> }) {
  const { t } = useTranslation();
  return (
    <dl className="facts">
      {Object.entries(facts)
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{fieldInWords(t, name)}</dt>
            <dd>
              <Value name={name} value={value} />
            </dd>
          </Fragment>
        ))}
    </dl>
  );
}

function Value({ name, value }: { readonly name: string; readonly value: unknown }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (Array.isArray(value)) return value.join(' · ');
  if (typeof value === 'object' && value !== null)
    return <FindingFacts facts={value as Readonly<Record<string, unknown>>} />;
  const text = String(value);
  if (name.endsWith('Fen') && /^-?\d+$/.test(text)) return format.yuan(Number(text));
  if (name === 'change' && typeof value === 'number') return format.change(value);
  if (typeof value === 'number')
    return Number.isInteger(value) ? format.integer(value) : format.decimal(value);
  if (INSTANT.test(text)) return format.minute(text);
  if (name === 'code') return findingInWords(t, text);
  if (name === 'kpi') return kpiInWords(t, text);
  if (name === 'type') return eventInWords(t, text);
  return name === 'field' ? fieldInWords(t, text) : valueInWords(t, text);
}

import { useTranslation } from 'react-i18next';
import { useEvidence } from '../api/onboardings.ts';
import { useFormat } from '../ui/format.ts';
import { Pill, type PillTone } from '../ui/Pill.tsx';
import { Empty, Loaded } from '../ui/States.tsx';

const TONES: Readonly<Record<string, PillTone>> = { matched: 'good', mismatched: 'bad', incomplete: 'plain' };

/** The firm's documents by programme, each to be saved again, and whether contract, invoices and payments match. */
export default function EvidenceList({ uscc }: { readonly uscc: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const evidence = useEvidence(uscc);
  const kindName = (kind: string): string => t(`evidence.kinds.${kind}`, { defaultValue: kind });
  return (
    <div className="stack">
      <h1>{t('evidence.list')}</h1>
      <Loaded
        query={evidence}
        isEmpty={({ projects }) => projects.every(({ files }) => files.length === 0)}
        empty={<Empty title={t('evidence.none')} />}
      >
        {({ projects }) =>
          projects.map(({ programme, match, files }) => (
            <section key={programme} className="card">
              <div className="card-head">
                <h2>{programme}</h2>
                <Pill tone={TONES[match.state] ?? 'plain'}>{t(`evidence.match.${match.state}`)}</Pill>
              </div>
              {match.missing.length > 0 && (
                <p className="quiet">
                  {t('evidence.missing', { kinds: match.missing.map(kindName).join(' · ') })}
                </p>
              )}
              {match.notCompared.length > 0 && (
                <p className="quiet">
                  {t('evidence.notCompared', {
                    fields: [
                      ...new Set(
                        match.notCompared.map(
                          ({ kind, field }) => `${kindName(kind)} ${t(`evidence.field.${field}`)}`,
                        ),
                      ),
                    ].join(' · '),
                  })}
                </p>
              )}
              <ul className="rows">
                {files.map((file) => (
                  <li key={file.event}>
                    <div className="split">
                      <a
                        href={`/api/v1/suppliers/${uscc}/evidence/${file.sha256}`}
                        download={file.fileName}
                        aria-label={t('evidence.download', { name: file.fileName })}
                      >
                        {file.fileName}
                      </a>
                      <span className="quiet">{format.bytes(file.sizeBytes)}</span>
                    </div>
                    <div className="quiet">
                      {kindName(file.kind)} · {format.minute(file.handedInAt)} ·{' '}
                      <code>{file.sha256.slice(0, 12)}</code>
                    </div>
                  </li>
                ))}
              </ul>
            </section>
          ))
        }
      </Loaded>
    </div>
  );
}

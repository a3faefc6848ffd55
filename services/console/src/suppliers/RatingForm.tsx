import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ActTarget } from '../api/acts.ts';
import { useStatement } from '../api/statements.ts';
import { IntakeOutcome } from '../intake/IntakeOutcome.tsx';
import { EditionAndDay } from './EditionAndDay.tsx';
import { RatingVerdict } from './RatingVerdict.tsx';
import { EMPTY_SHEET, editionOf, LEVELS, type RatingSheet, ratingOf } from './rating.ts';

const KINDS = ['binding', 'guiding'] as const;

/** The rating on site: the sheet of one visit. The level follows from it by the edition's rule; nobody types it. */
export function RatingForm({ target, rater }: { readonly target: ActTarget; readonly rater: string }) {
  const { t, i18n } = useTranslation();
  const send = useStatement();
  const [sheet, setSheet] = useState<RatingSheet>(EMPTY_SHEET);
  const edition = editionOf(sheet);
  const nameOf = ({ name }: { readonly name: { readonly zh: string; readonly en: string } }): string =>
    i18n.language === 'en' ? name.en : name.zh;
  const change = (part: Partial<RatingSheet>): void => {
    // What was said of the sheet before no longer holds.
    if (!send.isPending) send.reset();
    setSheet({ ...sheet, ...part });
  };
  return (
    <form
      className="stack no-print"
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate(ratingOf(sheet, target, rater));
      }}
    >
      <div className="pair">
        <EditionAndDay
          edition={sheet.edition}
          day={sheet.assessedOn}
          dayLabel={t('rating.assessedOn')}
          onEdition={(edition) => change({ edition })}
          onDay={(assessedOn) => change({ assessedOn })}
        />
      </div>
      <label className="field">
        <span>{t('rating.raterUscc')}</span>
        <input
          required
          minLength={18}
          maxLength={18}
          value={sheet.raterUscc}
          onChange={(event) => change({ raterUscc: event.target.value })}
        />
      </label>
      <p className="quiet">{t('rating.independent')}</p>
      <fieldset className="stack">
        <legend>{t('rating.points')}</legend>
        <div className="pair">
          {edition.parts.map((part) => (
            <label key={part.id} className="field">
              <span>{t('rating.ofPoints', { name: nameOf(part), points: part.points })}</span>
              <input
                type="number"
                inputMode="decimal"
                required
                min={0}
                max={part.points}
                step="0.1"
                value={sheet.points[part.id] ?? ''}
                onChange={(event) => change({ points: { ...sheet.points, [part.id]: event.target.value } })}
              />
            </label>
          ))}
        </div>
      </fieldset>
      {KINDS.map((kind) => {
        const scenes = edition.scenes.filter((scene) => scene.kind === kind);
        if (scenes.length === 0) return null;
        return (
          <fieldset key={kind} className="stack">
            <legend>{t(`rating.kind.${kind}`, { scenes: scenes.length })}</legend>
            <div className="pair">
              {scenes.map((scene) => (
                <label key={scene.id} className="field">
                  <span>{nameOf(scene)}</span>
                  <select
                    required
                    value={sheet.scenes[scene.id] ?? ''}
                    onChange={(event) =>
                      change({ scenes: { ...sheet.scenes, [scene.id]: event.target.value } })
                    }
                  >
                    <option value="" />
                    {LEVELS.map((level) => (
                      <option key={level} value={level}>
                        {`L${level}`}
                      </option>
                    ))}
                  </select>
                </label>
              ))}
            </div>
          </fieldset>
        );
      })}
      <RatingVerdict sheet={sheet} />
      <IntakeOutcome send={send} taken={t('rating.taken')} />
      <button
        type="submit"
        className="button button-main"
        disabled={send.isPending || send.data?.refused === 0}
      >
        {t('rating.record')}
      </button>
    </form>
  );
}

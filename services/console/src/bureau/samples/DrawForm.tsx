import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { SampleDetail, SampleFrame } from '../../../../../schemas/api/samples.ts';
import { get, post } from '../../api/client.ts';
import { newId } from '../../api/newId.ts';
import { useFormat } from '../../ui/format.ts';
import { Key } from '../../ui/Key.tsx';
import { Failed, Loaded } from '../../ui/States.tsx';

const SIZES = ['discoveryAt5', 'discoveryAt10', 'within5Points'] as const;

/** Draws a sample: how many files there are, how many which statement needs, and the seed. */
export function DrawForm({ businessTime }: { readonly businessTime: string | null }) {
  const { t } = useTranslation();
  const [programme, setProgramme] = useState('');
  const all = useQuery({
    queryKey: ['sample-frame', ''],
    queryFn: () => get<SampleFrame>('/api/v1/sample-frame'),
  });
  const frame = useQuery({
    queryKey: ['sample-frame', programme],
    queryFn: () => get<SampleFrame>('/api/v1/sample-frame', { programme }),
  });
  return (
    <section className="card no-print">
      <h2>{t('samples.draw')}</h2>
      <p className="quiet">{t('samples.drawText')}</p>
      <Loaded query={all}>
        {({ programmes }) => (
          <div className="stack">
            <label className="field">
              <span>{t('samples.programme')}</span>
              <select value={programme} onChange={(event) => setProgramme(event.target.value)}>
                <option value="">{t('action.all')}</option>
                {programmes.map((one) => (
                  <option key={one.programme} value={one.programme}>
                    {one.programme} · {one.population}
                  </option>
                ))}
              </select>
            </label>
            <Loaded query={frame}>
              {(data) => (
                <Draw
                  key={programme}
                  frame={data}
                  programme={programme}
                  seed={(businessTime ?? '').slice(0, 10).replaceAll('-', '')}
                />
              )}
            </Loaded>
          </div>
        )}
      </Loaded>
    </section>
  );
}

function Draw({
  frame,
  programme,
  seed,
}: {
  readonly frame: SampleFrame;
  readonly programme: string;
  /** What is suggested. */
  readonly seed: string;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const open = frame.population - frame.byRule;
  // Where the rules include some, none need be drawn on top.
  const least = frame.byRule > 0 ? 0 : 1;
  const [n, setN] = useState(String(frame.sizes.discoveryAt5));
  const draw = useMutation({
    mutationFn: (fields: { readonly n: number; readonly seed: number }) =>
      post<SampleDetail>(
        '/api/v1/samples',
        { programmes: programme === '' ? null : [programme], ...fields },
        newId(),
      ),
    onSuccess: async ({ drawId }) => {
      await queries.invalidateQueries({ queryKey: ['samples'] });
      await navigate(`/samples/${drawId}`);
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    draw.mutate({ n: Number(form.get('n')), seed: Number(form.get('seed')) });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <div className="keys">
        <Key label={t('samples.population')}>{format.integer(frame.population)}</Key>
        <Key label={t('samples.ruled')}>{format.integer(frame.byRule)}</Key>
        <Key label={t('samples.open')}>{format.integer(open)}</Key>
      </div>
      {frame.population > 0 && open === 0 && <p className="notice">{t('samples.allRuled')}</p>}
      {frame.population === 0 && <p className="notice">{t('samples.noFiles')}</p>}
      {open > 0 && (
        <fieldset className="stack">
          <legend>{t('samples.sizes')}</legend>
          <ul className="rows">
            {SIZES.map((size) => (
              <li key={size} className="split split-row">
                <span>{t(`samples.${size}`)}</span>
                <button
                  type="button"
                  className="button button-quiet number"
                  aria-pressed={n === String(frame.sizes[size])}
                  onClick={() => setN(String(frame.sizes[size]))}
                >
                  {format.integer(frame.sizes[size])}
                </button>
              </li>
            ))}
          </ul>
        </fieldset>
      )}
      <div className="pair">
        <label className="field">
          <span>{t('samples.n')}</span>
          <input
            name="n"
            type="number"
            min={least}
            max={Math.max(least, open)}
            required
            value={n}
            onChange={(event) => setN(event.target.value)}
          />
        </label>
        <label className="field">
          <span>{t('samples.seed')}</span>
          <input name="seed" type="number" min={0} required defaultValue={seed} />
          <span className="quiet">{t('samples.seedNote')}</span>
        </label>
      </div>
      {draw.isError && <Failed error={draw.error} />}
      <button
        type="submit"
        className="button button-main"
        disabled={draw.isPending || frame.population === 0}
      >
        {t('samples.draw')}
      </button>
    </form>
  );
}
